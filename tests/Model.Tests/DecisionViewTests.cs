using System.Collections.Immutable;

namespace Qualm.Model.Tests;

public sealed class DecisionViewTests
{
    private static readonly ImmutableSortedDictionary<string, string> Annotations = ImmutableSortedDictionary<string, string>.Empty.Add("summary", "it burns");
    private static readonly ImmutableSortedDictionary<string, string> Labels = ImmutableSortedDictionary<string, string>.Empty.Add("team", "virt");
    private static readonly ImmutableArray<KeyPart> Key = [new KeyPart("vm", "vm-1", true)];

    [Fact]
    public void What_is_kept_says_all_that_was_handed_over()
    {
        var kept = new List<AlertTransition>();
        IDecisionSink sink = new Keeper(kept);
        ReadOnlySpan<long> because = [3, 5];
        sink.Decide(new DecisionView
        {
            Alert = "A",
            Key = Key,
            Texts = new Said(),
            Transition = TransitionKind.Acknowledged,
            Severity = Severity.Error,
            At = new Instant(1),
            DecidedAt = new Instant(2),
            RunbookUrl = "https://x",
            Because = because,
            Rule = "a.yaml:1",
            Reason = "event",
            Receivers = ["page"],
            Silent = true,
            By = "me",
            Note = "mine",
            Kind = ConclusionKind.Fact,
            Values = "{}",
            WithheldBy = "B",
        });
        var transition = kept.ShouldHaveSingleItem();
        transition.Because.ShouldBe([3L, 5L]);
        transition.Receivers.ShouldBe(["page"]);
        (transition with { Because = default, Receivers = default }).ShouldBe(
            new AlertTransition(
                "A", Key, "e", TransitionKind.Acknowledged, Severity.Error, new Instant(1), new Instant(2), "it burns", Annotations, Labels, "https://x", default, "a.yaml:1", "event", default, true)
            {
                By = "me",
                Note = "mine",
                Kind = ConclusionKind.Fact,
                Values = "{}",
                WithheldBy = "B",
            });
    }

    [Fact]
    public void The_number_of_an_episode_is_its_identity()
    {
        var at = new Instant(1_767_225_600_000_000);
        AlertId.EpisodeNumber("A", Key, at).ToString("x32", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(AlertId.Episode("A", Key, at));
    }

    private sealed class Keeper(List<AlertTransition> kept) : IDecisionSink
    {
        public void Decide(AlertTransition transition) => kept.Add(transition);
    }

    private sealed class Said : DecisionTexts
    {
        public override string Episode => "e";

        public override string Summary => "it burns";

        public override ImmutableSortedDictionary<string, string> Annotations => DecisionViewTests.Annotations;

        public override ImmutableSortedDictionary<string, string> Labels => DecisionViewTests.Labels;
    }
}
