using Qualm.Model;

namespace Qualm.Engine.Turns;

/// <summary>How a window of inputs is cut into turns.</summary>
internal static class TurnWindows
{
    /// <summary>The window, cut so that every activation is the first of its part: what it takes over from is then committed.</summary>
    public static IEnumerable<IReadOnlyList<StampedInput>> BeginningWithActivations(IReadOnlyList<StampedInput> inputs)
    {
        var begun = 0;
        for (var i = 1; i < inputs.Count; i++)
        {
            if (inputs[i] is not StampedInput.Activation) continue;
            yield return [.. inputs.Skip(begun).Take(i - begun)];
            begun = i;
        }

        yield return begun == 0 ? inputs : [.. inputs.Skip(begun)];
    }
}
