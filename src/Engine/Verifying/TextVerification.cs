using System.Text;
using Qualm.Engine.Cli;
using Qualm.Store.Chain;

namespace Qualm.Engine.Verifying;

/// <summary>A report for people: what was checked, then what is wrong, with what to do about it.</summary>
internal sealed class TextVerification(Stream output) : IVerificationOutput
{
    /// <summary>Findings that are printed; the rest are counted.</summary>
    private const int Most = 100;

    /// <summary>Foreign streams that are named.</summary>
    private const int MostForeign = 10;

    private readonly List<Finding> _findings = [];
    private long _count;

    public void Found(Finding finding)
    {
        if (_count++ < Most) _findings.Add(finding);
    }

    public void End(VerificationReport report)
    {
        var chain = report.Chain;
        Line("chain", chain.Links == 0 ? "none" : $"{chain.Links} links, {chain.Events} events{Since(chain)}");
        Line("streams", $"{report.Streams}");
        Line("decisions", $"{report.Decisions} as recorded, derived again from {report.Inputs} inputs; digest {Convert.ToHexStringLower(report.Digest.Span)[..12]}");
        Line("read models", $"{report.Models}");
        if (chain.Foreign.Count > 0) Line("foreign", Foreign(chain));
        if (chain.Head is { } head) Line("head", $"{head}");
        output.Line("");
        if (_count == 0)
        {
            output.Line("sound");
            return;
        }

        foreach (var finding in _findings) output.Line($"{JsonVerification.Name(finding.Kind).Replace('_', ' ')}{Where(finding)}: {finding.Text}");
        if (_count > _findings.Count) output.Line($"… and {_count - _findings.Count} more; --json gives all");
        output.Line("");
        foreach (var advice in _findings.Select(f => Advice(f.Kind)).Distinct()) output.Line(advice);
        output.Line($"{_count} {(_count == 1 ? "finding" : "findings")}; see docs/verify.md");
    }

    private static string Since(ChainReport chain) => chain switch
    {
        { FirstTurn: null } => "; where it begins cannot be told",
        { FirstTurn: 1, Before.Value: 0 } => "; all of the record",
        _ => $"; from turn {chain.FirstTurn} on: of positions up to {chain.Before} it proves nothing",
    };

    private static string Foreign(ChainReport chain)
    {
        var text = new StringBuilder($"{chain.Foreign.Values.Sum(f => f.Count)} events of other applications in {chain.Foreign.Count} streams, left alone: ");
        text.AppendJoin(", ", chain.Foreign.OrderBy(f => f.Value.First).Take(MostForeign).Select(f => $"{f.Key} ({f.Value.Count}, first at position {f.Value.First})"));
        return (chain.Foreign.Count > MostForeign ? text.Append(", …") : text).ToString();
    }

    private static string Where(Finding finding)
    {
        var where = finding.Position is { } position ? $" at position {position}" : "";
        return finding.Turn is { } turn ? $"{where}, turn {turn}" : where;
    }

    private static string Advice(FindingKind kind) => kind switch
    {
        FindingKind.Altered or FindingKind.Removed or FindingKind.Added =>
            "Events: compare the positions named with a backup from before, or another copy; whoever may write to the database may have done it.",
        FindingKind.LinkAltered or FindingKind.LinkRemoved or FindingKind.Progress or FindingKind.Head =>
            "Chain: somebody has written to Qualm's own tables, or a backup was put back in part. Restore the whole database; hold a head noted elsewhere against it with --head.",
        FindingKind.Stream => "Streams: stop the service, look who else writes to mt_streams, and set the version to that of the stream's last event.",
        FindingKind.ReadModel => "Read models: they are only a copy; remove them and their row in qualm_read_model, and a start publishes them again.",
        _ => "Decisions: look for altered events above first; else compare the versions and rule sets named.",
    };

    private void Line(string what, string text) => output.Line($"{what,-12} {text}");
}
