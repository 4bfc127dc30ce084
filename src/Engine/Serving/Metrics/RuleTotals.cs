using System.Diagnostics.Metrics;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Engine.Serving.Metrics;

/// <summary>
/// What every rule has seen since the service started, added up from the counters that the rules keep anyway. Looked at by
/// the turn loop now and then, read by whoever asks.
/// </summary>
internal sealed class RuleTotals
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (RuleCounters Seen, RuleCounters Total)> _rules = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<RuleCounters> _totals = [];
    private RuleSession? _session;
    private Instant _next = Instant.MinValue;

    /// <summary>Takes what a session has counted so far for the past: what counts is what comes. For the loop.</summary>
    public void Begin(RuleSession session) => Look(session, counts: false);

    /// <summary>Looks at the counters if it is time to. For the loop.</summary>
    /// <param name="clock">Of the timeline.</param>
    public void AfterTurn(RuleSession session, Instant clock)
    {
        if (ReferenceEquals(session, _session) && clock < _next) return;
        _next = clock + Every;
        Look(session, ReferenceEquals(session, _session));
    }

    public IEnumerable<Measurement<long>> Matches() => _totals.Select(r => new Measurement<long>(r.Matches, new KeyValuePair<string, object?>("rule", r.Rule)));

    public IEnumerable<Measurement<long>> Errors() => _totals.Select(r => new Measurement<long>(r.Errors, new KeyValuePair<string, object?>("rule", r.Rule)));

    // A session derived anew has counted the past once more.
    private void Look(RuleSession session, bool counts)
    {
        _session = session;
        var totals = new List<RuleCounters>();
        foreach (var now in session.Counters)
        {
            var (seen, total) = _rules.GetValueOrDefault(now.Rule, (new RuleCounters(now.Rule, 0, 0), new RuleCounters(now.Rule, 0, 0)));
            if (counts) total = new RuleCounters(now.Rule, total.Matches + Since(seen.Matches, now.Matches), total.Errors + Since(seen.Errors, now.Errors));
            _rules[now.Rule] = (now, total);
            totals.Add(total);
        }

        _totals = totals;
    }

    // A rule that was changed begins at nothing.
    private static long Since(long seen, long now) => now >= seen ? now - seen : now;
}
