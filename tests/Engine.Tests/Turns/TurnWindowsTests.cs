using Qualm.Engine.Turns;
using Qualm.Model;

namespace Qualm.Engine.Tests.Turns;

public sealed class TurnWindowsTests
{
    [Theory]
    [InlineData("ttt", "ttt")]
    [InlineData("a", "a")]
    [InlineData("att", "att")]
    [InlineData("tta", "tt a")]
    [InlineData("tatata", "t at at a")]
    [InlineData("aa", "a a")]
    [InlineData("", "")]
    public void Every_activation_begins_a_part(string window, string parts)
    {
        IReadOnlyList<StampedInput> inputs = [.. window.Select(Input)];
        var cut = TurnWindows.BeginningWithActivations(inputs).ToList();
        string.Join(' ', cut.Select(part => string.Concat(part.Select(i => i is StampedInput.Activation ? 'a' : 't')))).ShouldBe(parts);
        cut.SelectMany(part => part).ShouldBe(inputs);
    }

    private static StampedInput Input(char kind, int place) =>
        kind == 'a' ? new StampedInput.Activation(new Instant(place), RuleSetText.Of([])) : new StampedInput.Tick(new Instant(place));
}
