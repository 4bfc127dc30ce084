using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>An episode that others may mute: what was told of it, and what is owed.</summary>
internal sealed class MutedAlert
{
    private AlertTransition? _owed;
    private AlertTransition? _firing;

    /// <summary>By which it is compared with those that mute it; none when nothing does.</summary>
    public required (Muting.Pair Pair, string Value)[] Values { get; set; }

    /// <summary>Whether it was told that it fires.</summary>
    public required bool WasTold { get; set; }

    /// <summary>What muted it last; empty when nothing did.</summary>
    public string By { get; set; } = "";

    /// <param name="pairs">Their numbers.</param>
    public void Save(StateSaver to, Dictionary<Muting.Pair, int> pairs)
    {
        to.Write(Values.Length);
        foreach (var (pair, value) in Values)
        {
            to.Write(pairs[pair]);
            to.Write(value);
        }

        to.Write(WasTold);
        to.Write(By);
        SavedTransition.Write(to, _owed);
        SavedTransition.Write(to, _firing);
    }

    /// <param name="pairs">By number.</param>
    public static MutedAlert Load(StateLoader from, Muting.Pair[] pairs)
    {
        var values = new (Muting.Pair, string)[from.Reader.ReadCount(8)];
        for (var i = 0; i < values.Length; i++) values[i] = (pairs[from.Index(pairs.Length)], from.SomeText());
        return new MutedAlert { Values = values, WasTold = from.Bool(), By = from.SomeText(), _owed = SavedTransition.Read(from), _firing = SavedTransition.Read(from) };
    }

    /// <summary>Remembers what was withheld.</summary>
    /// <returns>Whether nothing was owed before, and now is.</returns>
    public bool Owe(in DecisionView withheld)
    {
        // A reminder of what was told is not owed, for the next one will come; it escalates once.
        if (WasTold && withheld is { Transition: TransitionKind.Firing, Reason: not DecisionMaker.Unacknowledged }) return false;
        if (withheld.Transition is not (TransitionKind.Firing or TransitionKind.Severity)) return false;
        var kept = withheld.Keep();
        if (kept.Transition == TransitionKind.Firing) _firing = _firing is null ? kept : With(_firing, kept.Receivers);
        var first = _owed is null;
        _owed = kept;
        return first;
    }

    public void Forgive() => (_owed, _firing) = (null, null);

    /// <summary>
    /// What is to be told now: that it fires, as it does by now, to all who should have been told, those it had escalated to included; or its
    /// severity, where that is all that was withheld.
    /// </summary>
    public AlertTransition Pay()
    {
        var newest = _owed!;
        var told = _firing is null ? newest
            : WasTold ? With(newest with { Transition = TransitionKind.Firing }, _firing.Receivers)
            : newest with { Transition = TransitionKind.Firing, Receivers = _firing.Receivers };
        Forgive();
        WasTold = true;
        return told;
    }

    private static AlertTransition With(AlertTransition firing, ImmutableArray<string> receivers) =>
        receivers.All(firing.Receivers.Contains) ? firing : firing with { Receivers = [.. firing.Receivers.Union(receivers, StringComparer.Ordinal)] };
}
