using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Run;

/// <summary>
/// Several events that belong together: one after the other, or in any order. A match is decided with the event
/// that completes it, or, where something must not happen in between, when that has settled.
/// </summary>
internal sealed partial class StepsRunner : RuleRunner
{
    // Words after the base: position of the event that completed the last match; completions that settle; then a list for each step.
    private const int MatchedWord = BaseWords;
    private const int SettlingWord = BaseWords + 1;
    private const int ListsWord = BaseWords + 2;

    private static readonly CapturePlan Whole = new(true, []);

    private readonly BoundOperator.Steps _steps;
    private readonly long _within;
    private readonly int[] _required;
    private readonly bool _settles;
    private readonly bool _captures;
    private readonly int[] _chosen;
    private readonly CapturedEvent?[] _shown;
    private EntryPool _pool;
    private Dictionary<int, (RetainedEvent Event, CapturedEvent Step)> _captured = [];

    public StepsRunner(BoundRule rule, BoundOperator.Steps steps, int index, RunContext run)
        : base(rule, index, run)
    {
        _pool = new EntryPool(Sweep);
        (_steps, _within) = (steps, Micros(steps.Within));
        _required = [.. Enumerable.Range(0, steps.All.Length).Where(i => !steps.All[i].Unless)];
        (_chosen, _shown) = (new int[_required.Length], new CapturedEvent?[_required.Length]);
        _settles = steps.All.Any(s => s.Unless);
        _captures = rule.ShowsSteps || steps.All.Any(s => s.Join is not null);
    }

    public override int Words => ListsWord + _steps.All.Length;

    protected override long Reach => _within;

    public override bool IsIdle(int slot)
    {
        if (!base.IsIdle(slot) || !Settling(slot).IsEmpty) return false;
        for (var i = 0; i < _steps.All.Length; i++)
        {
            if (List(slot, i) is { IsEmpty: false } list && !IsStale(list.Tail)) return false;
        }

        return true;
    }

    public override void Forget(int slot)
    {
        for (var i = 0; i < _steps.All.Length; i++) Drop(slot, i, long.MaxValue, long.MaxValue);
        Settling(slot).Clear();
        State(slot)[MatchedWord] = 0;
    }

    protected override void TakeOperator(RuleRunner from)
    {
        if (from is not StepsRunner other) return;
        (_pool, _captured) = (other._pool, other._captured);
        _pool.SweptBy(Sweep);
    }

    protected override void TakeMatch(int role, int slot, in EventView e)
    {
        if (_steps.All[role].Unless) Insert(slot, role, e);
        else base.TakeMatch(role, slot, e);
    }

    protected override void Detect(int role, int slot, in EventView e)
    {
        var index = Insert(slot, role, e);
        if (_settles)
        {
            if (role == _required[^1]) Settling(slot).Append(e.At.Micros, e.Stamp.Micros, e.Position.Value, e.Weight);
            return;
        }

        // An event that fits several steps completes one match, not its mirror image too.
        var completion = e.Position.Value ^ (Kind(e) << 48);
        if (State(slot)[MatchedWord] == completion) return;
        if (_steps.Ordered ? Ends(slot, role, index) : TryAll(slot, Array.IndexOf(_required, role), index)) Matched(slot, e.Stamp, completion);
    }

    protected override void Serve(int role, int slot, Episode episode, in EventView e) => Detect(role, slot, e);

    protected override void Consumed(int slot, Episode episode)
    {
        foreach (var step in _required) Drop(slot, step, episode.EndAt.Micros, long.MaxValue);
    }

    protected override long OperatorDue(int slot) =>
        Settling(slot) is { IsEmpty: false } settling ? _pool[settling.Head].Stamp + Lateness : long.MaxValue;

    protected override void DecideOperator(int slot, long due)
    {
        var settling = Settling(slot);
        var completion = _pool[settling.Head];
        settling.Remove(settling.Head);
        var last = List(slot, _required[^1]).Tail;
        while (last != EntryPool.None && _pool[last].Position != completion.Position) last = _pool[last].Previous;
        if (last != EntryPool.None && TrySequence(slot, last)) Matched(slot, new Instant(completion.Stamp), completion.Position);
    }

    // The completions that an event may take part in: itself, or what overtook it.
    private bool Ends(int slot, int role, int index)
    {
        if (role == _required[^1]) return TrySequence(slot, index);
        var (at, position) = (_pool[index].At, _pool[index].Position);
        var last = List(slot, _required[^1]).Tail;
        while (last != EntryPool.None && _pool[last].Previous is var before and not EntryPool.None && IsBefore(at, position, before)) last = before;
        for (; last != EntryPool.None && _pool[last].At - _within <= at; last = _pool[last].Next)
        {
            if (IsBefore(at, position, last) && TrySequence(slot, last)) return true;
        }

        return false;
    }

    private void Matched(int slot, Instant stamp, long completedBy)
    {
        State(slot)[MatchedWord] = completedBy;
        var (first, last) = (_chosen[0], _chosen[0]);
        foreach (var index in _chosen)
        {
            if (IsAfter(index, last)) last = index;
            if (IsAfter(first, index)) first = index;
        }

        var at = new Instant(_pool[last].At);
        var aggregate = new Aggregate(_chosen.Length, new Instant(_pool[first].At), at);
        var because = _chosen.Select(i => _pool[i].Position).Distinct().Order().ToArray();
        var shown = _captured.TryGetValue(last, out var captured) ? captured.Event.View() : RetainedEvent.ViewOf(_pool[last], Keys.Vm(slot), Keys.Host(slot));
        for (var i = 0; i < _shown.Length; i++) _shown[i] = _captured.TryGetValue(_chosen[i], out var step) ? step.Step : null;
        var (end, position) = (_pool[last].At, _pool[last].Position);
        UseUp(slot, first, end, position);
        Shows(_shown);
        if (Open(slot) is { } episode) Prolong(slot, episode, shown, aggregate);
        else OpenEpisode(slot, shown, at, at, stamp, because, aggregate);
    }

    private void UseUp(int slot, int first, long end, long position)
    {
        if (_steps.Skip == SkipPolicy.PastLast)
        {
            foreach (var step in _required) Drop(slot, step, end, position);
            return;
        }

        for (var i = 0; i < _chosen.Length; i++)
        {
            var completes = _pool[_chosen[i]].At == end && _pool[_chosen[i]].Position == position;
            if (completes || (_chosen[i] == first && _steps.Skip == SkipPolicy.Next)) Remove(slot, _required[i], _chosen[i]);
        }
    }

    private int Insert(int slot, int step, in EventView e)
    {
        var list = List(slot, step);
        while (!list.IsEmpty && IsStale(list.Head)) Remove(slot, step, list.Head);
        var index = list.Insert(e.At.Micros, e.Stamp.Micros, e.Position.Value, e.Weight, Kind(e));
        if (_captures) _captured[index] = (new RetainedEvent(e), Whole.Capture(e));
        return index;
    }

    // An event that a rule derived has the position of the one that completed it, and is another.
    private static long Kind(in EventView e) => (e.Schema?.Id ?? -1) + 1;

    private void Drop(int slot, int step, long at, long position)
    {
        var list = List(slot, step);
        while (!list.IsEmpty && (_pool[list.Head].At < at || (_pool[list.Head].At == at && _pool[list.Head].Position <= position))) Remove(slot, step, list.Head);
    }

    private void Remove(int slot, int step, int index)
    {
        _captured.Remove(index);
        List(slot, step).Remove(index);
    }

    private bool IsStale(int index) => _pool[index].Stamp + _within + Lateness + RunContext.Slack <= Run.Now.Micros;

    private bool IsBefore(long at, long position, int index) => at < _pool[index].At || (at == _pool[index].At && position < _pool[index].Position);

    private bool IsAfter(int index, int other) => IsBefore(_pool[other].At, _pool[other].Position, index);

    private void Sweep()
    {
        for (var slot = 0; slot < StateBound; slot++)
        {
            if (!HasState(slot)) continue;
            for (var step = 0; step < _steps.All.Length; step++)
            {
                while (List(slot, step) is { IsEmpty: false } list && IsStale(list.Head)) Remove(slot, step, list.Head);
            }
        }
    }

    private EntryList List(int slot, int step) => new(_pool, ref State(slot)[ListsWord + step]);

    private EntryList Settling(int slot) => new(_pool, ref State(slot)[SettlingWord]);
}
