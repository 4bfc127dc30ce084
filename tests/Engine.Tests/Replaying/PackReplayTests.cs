using System.Globalization;
using System.Text;
using Qualm.Engine.Configuration;
using Qualm.Engine.Replaying;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Engine.Tests.Replaying;

/// <summary>The rules that ship, over all that a real QEMU sent: which alerts, when, and how they end. Set UPDATE_GOLDEN=1 to rewrite what is expected.</summary>
public sealed class PackReplayTests
{
    private static readonly string Root = FindRoot(AppContext.BaseDirectory);

    [Fact]
    public async Task The_captures_give_exactly_these_alerts()
    {
        var compiled = RuleSetCompiler.Compile(RuleFiles.Read(Path.Combine(Root, "rules")), QmpCatalogue.Instance);
        compiled.Diagnostics.ShouldBeEmpty();
        var text = new StringBuilder();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Root, "samples/captures"), "*.jsonl").Order(StringComparer.Ordinal))
        {
            var (events, alerts) = await ReplayAsync(path, compiled.Set!);
            text.Append(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path)}: {events} events{(alerts.Count == 0 ? ", no alert" : "")}\n");
            foreach (var alert in alerts) text.Append(CultureInfo.InvariantCulture, $"  {alert}\n");
        }

        var expected = Path.Combine(Root, "tests/Engine.Tests/testdata/pack/captures.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") await File.WriteAllTextAsync(expected, text.ToString());
        text.ToString().ShouldBe(await File.ReadAllTextAsync(expected));
    }

    private static async Task<(long Events, IReadOnlyList<string> Alerts)> ReplayAsync(string path, RuleSet set)
    {
        var heard = new Heard();
        var timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(set));
        var replay = new FileReplay(timeline, heard, null, null);
        await using var stream = File.OpenRead(path);
        await replay.RunAsync(stream, new FileNaming("vm-1", "h1").For(path), path, (_, _, reason) => throw new InvalidDataException(reason), CancellationToken.None);
        return (replay.Read, heard.Lines);
    }

    private static string FindRoot(string directory) =>
        File.Exists(Path.Combine(directory, "Engine.sln")) ? directory : FindRoot(Directory.GetParent(directory)!.FullName);

    /// <summary>What somebody would be told: an alert that is pending is nobody's trouble yet.</summary>
    private sealed class Heard : IDecisionSink
    {
        private readonly HashSet<string> _told = new(StringComparer.Ordinal);

        public List<string> Lines { get; } = [];

        public void Decide(AlertTransition transition)
        {
            if (transition.Kind != ConclusionKind.Alert) return;
            if (transition.Transition == TransitionKind.Firing) _told.Add(transition.Episode);
            if (!_told.Contains(transition.Episode)) return;
            var reason = transition.Reason is null ? "" : $" ({transition.Reason})";
            Lines.Add($"{TransitionJson.Name(transition.Transition),-8} {TransitionJson.Name(transition.Severity),-8} {transition.Alert}: {transition.Summary}{reason}");
        }
    }
}
