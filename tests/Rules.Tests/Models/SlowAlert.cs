namespace Qualm.Rules.Tests.Models;

/// <summary>
/// What becomes of one alert of a rule over events, the obvious way: each episode is worked out as a whole from the list of all inputs,
/// with its opening, its page, its end, and what happens in between. Inputs come in order, with their times as stamps. In seconds.
/// </summary>
/// <param name="Hold"><c>for</c>; 0 for none, as with the others.</param>
internal sealed record SlowAlert(int Hold, int Cooldown, int Again, int Escalation)
{
    private const int Lateness = 2;

    /// <summary>Nothing happens so late.</summary>
    public const int Horizon = 500;

    public enum Kind
    {
        Match,
        Reset,
        Take,
    }

    /// <param name="Value">Of a match: from 3 on it is critical.</param>
    public sealed record Input(int At, Kind Kind, int Value);

    /// <summary>What is decided, in order.</summary>
    public IReadOnlyList<string> Decide(IReadOnlyList<Input> inputs)
    {
        var said = new List<Said>();
        Episode? last = null;
        for (var i = 0; i < inputs.Count; i++)
        {
            // What comes at the very time of an end belongs to what has ended.
            if (inputs[i].Kind != Kind.Match || (last is not null && inputs[i].At <= last.EndAt)) continue;
            last = Play(inputs, i, last, said);
            if (last.End is not { } end) break;
            i = end;
        }

        return [.. said.OrderBy(s => s.Decided).ThenBy(s => s.Rank).ThenBy(s => s.Place).Where(s => s.Decided < Horizon).Select(s => $"{s.What} at {s.At} decided {s.Decided}")];
    }

    // Inputs of a stamp come before the deadlines due at it, and what waited for a deadline right behind it.
    private readonly record struct Said(string What, int At, int Decided, int Rank, int Place);

    /// <param name="End">Place of the input that ends it; null when none does.</param>
    private sealed record Episode(int? End, int EndAt, int EndDecided);

    private Episode Play(IReadOnlyList<Input> inputs, int first, Episode? last, List<Said> said)
    {
        var opened = inputs[first].At;
        var end = Enumerable.Range(first, inputs.Count - first).Where(i => inputs[i].Kind == Kind.Reset).Cast<int?>().FirstOrDefault();
        var endAt = end is { } place ? inputs[place].At : int.MaxValue;

        // What waited for the end of the one before begins with that.
        var waited = last is not null && last.EndDecided >= opened;
        var begun = waited ? last!.EndDecided : opened;
        if (Hold > 0) said.Add(new($"pending {Level(inputs[first])}", opened, begun, waited ? 2 : 0, first));
        var (page, decided, byTime) = Hold > 0 ? (opened + Hold, opened + Hold + Lateness, true) : (opened, begun, waited);
        if (Hold > 0 && endAt <= page)
        {
            said.Add(new($"resolved event {Highest(inputs, first, end!.Value, endAt)}", endAt, Math.Max(endAt, begun), endAt < begun || waited ? 2 : 0, end.Value));
            return new(end, endAt, Math.Max(endAt, begun));
        }

        if (Cooldown > 0 && last is not null && opened < last.EndAt + Cooldown && last.EndAt + Cooldown > page)
        {
            var cooled = last.EndAt + Cooldown;
            if (endAt <= cooled) return new(end, endAt, Math.Max(endAt, decided));
            (decided, byTime) = (Math.Max(last.EndDecided + Cooldown + Lateness, decided), true);
        }

        var over = end is null ? int.MaxValue : Math.Max(endAt, decided);
        var taken = Taken(inputs, first, end, decided, byTime, over);
        var quietFrom = taken is { } t ? inputs[t].At : over;
        var level = byTime ? Highest(inputs, first, end ?? inputs.Count, decided) : Level(inputs[first]);
        said.Add(new($"firing {level}", opened + Hold, decided, byTime ? 1 : 0, first));
        for (var i = first + 1; i < (end ?? inputs.Count); i++)
        {
            if (inputs[i].Kind != Kind.Match || (byTime && inputs[i].At <= decided) || Level(inputs[i]) == level) continue;
            level = Level(inputs[i]);
            said.Add(new($"severity {level}", inputs[i].At, inputs[i].At, 0, i));
        }

        for (var due = decided + Again; Again > 0 && due < quietFrom && due < Horizon; due += Again) said.Add(new($"firing {Highest(inputs, first, end ?? inputs.Count, due)}", due, due, 1, first));
        if (Escalation > 0 && decided + Escalation < quietFrom) said.Add(new($"firing unacknowledged {Highest(inputs, first, end ?? inputs.Count, decided + Escalation)}", decided + Escalation, decided + Escalation, 1, first));
        if (taken is { } by) said.Add(new($"acknowledged {Highest(inputs, first, by, inputs[by].At)}", inputs[by].At, inputs[by].At, 0, by));
        if (end is { } ending) said.Add(new($"resolved event {Highest(inputs, first, ending, over)}", endAt, over, endAt > decided || !byTime ? 0 : 2, ending));
        return new(end, endAt, over);
    }

    // The first command between the page and the end.
    private static int? Taken(IReadOnlyList<Input> inputs, int first, int? end, int decided, bool byTime, int over) =>
        Enumerable.Range(first, inputs.Count - first).Where(i => inputs[i].Kind == Kind.Take)
            .Where(i => inputs[i].At > decided || (!byTime && inputs[i].At == decided))
            .Where(i => inputs[i].At < over || (inputs[i].At == over && i < end)).Cast<int?>().FirstOrDefault();

    // Where the severity is at a time: it follows the newest match.
    private static string Highest(IReadOnlyList<Input> inputs, int first, int before, int at) =>
        Level(Enumerable.Range(first, before - first).Select(i => inputs[i]).Last(e => e.Kind == Kind.Match && e.At <= at));

    private static string Level(Input match) => match.Value >= 3 ? "critical" : "warning";
}
