using System.Runtime.CompilerServices;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Run;

/// <summary>
/// One rule at work: finds matches its own way (<see cref="Detect"/>), and leads every key's alert from opening
/// to end. A key's state is a stretch of its block; an episode is an object while there is one.
/// </summary>
internal abstract partial class RuleRunner
{
    /// <summary>Role of events that match the rule; roles above are the operator's own.</summary>
    public const int MatchRole = 0;

    /// <summary>Roles from here are alternatives of <c>resolve</c>.</summary>
    public const int ResolveRole = 16;

    // Words of the block: episode, queued deadline, events that would have ended something.
    private const int EpisodeWord = 0;
    private const int QueuedWord = 1;
    private const int EndersWord = 2;
    protected const int BaseWords = 3;

    private readonly List<Episode?> _episodes = [null];
    private readonly Stack<int> _freeEpisodes = new();
    private readonly EpisodePool _pool;

    protected RuleRunner(BoundRule rule, int index, RunContext run)
    {
        (Rule, Index, Run) = (rule, index, run);
        Lateness = Micros(rule.Lateness);
        Keys = null!;
        _enders = new EntryPool(SweepEnders);
        _pool = new EpisodePool(run);
        _decisions = new DecisionMaker(rule, run);
        Gaps = new GapConcern(rule);
    }

    private readonly DecisionMaker _decisions;
    private StateBlocks _state = null!;
    private long _matches;

    public BoundRule Rule { get; }

    /// <summary>Place in the agenda.</summary>
    public int Index { get; }

    public KeyTable Keys { get; private set; }

    /// <summary>Events that matched, their weights added.</summary>
    public long Matches => _matches + (CountsInLog ? Log!.Weight : 0);

    /// <summary>Events for which a condition of the rule failed to evaluate.</summary>
    public long Errors { get; set; }

    protected RunContext Run { get; }

    /// <summary>Keeps the events of one of the rule's patterns, for other rules too; null when there is none.</summary>
    protected EventLog? Log { get; private set; }

    /// <summary>Whether it is the events that match which the log keeps.</summary>
    protected virtual bool CountsInLog => false;

    /// <summary>In microseconds.</summary>
    protected long Lateness { get; }

    public abstract int Words { get; }

    /// <summary>Where the rule finds its keys. Called once, before anything else.</summary>
    /// <param name="log">Keeps the events of one of the operator's patterns; null when it keeps them all itself.</param>
    /// <param name="enders">Keeps the events that end episodes, for keys of which nothing else is remembered; null when the rule keeps them itself.</param>
    public void Place(KeyTable keys, EventLog? log, EventLog? enders) => (Keys, Log, _enderLog, _state, _decisions.Keys) = (keys, log, enders, new StateBlocks(Words), keys);

    /// <summary>Takes an event that one of the rule's patterns matched. The log has it already.</summary>
    public void Take(int role, int slot, in EventView e)
    {
        if (role >= ResolveRole)
        {
            if (_enderLog is not null && !HasState(slot)) return;
            TakeEnder(role - ResolveRole, slot, e);
            Reschedule(slot);
            TryRelease(slot);
            ForgetOver();
            return;
        }

        if (Log is not null && Passes(role, slot, e)) return;
        if (!TryRead(role, slot, e)) return;
        if (role == MatchRole && !CountsInLog) _matches += e.Weight;
        TakeMatch(role, slot, e);
        Reschedule(slot);
    }

    /// <summary>Lets texts read the steps of the match at hand.</summary>
    protected void Shows(CapturedEvent?[] steps) => _decisions.Steps = steps;

    /// <summary>What the operator read off the event being taken, in its own terms.</summary>
    protected long Value { get; set; }

    /// <summary>Reads what the operator needs of an event.</summary>
    /// <returns>False when the event has no such value: then it is no match.</returns>
    protected virtual bool TryRead(int role, int slot, in EventView e) => true;

    /// <summary>Whether an event of the log leaves the rule as it is.</summary>
    protected virtual bool Passes(int role, int slot, in EventView e) => false;

    /// <summary>Decides what is due, if it still is.</summary>
    public void TakeDeadline(int slot, long due)
    {
        if (_state.Find(slot) is not { } block || block[QueuedWord] != due) return;
        block[QueuedWord] = 0;
        Reschedule(slot, DecideUntil(slot, due));
        TryRelease(slot);
        ForgetOver();
    }

    /// <summary>Whether something of this key really is due then: a queued deadline may have moved on since.</summary>
    public bool IsCurrent(int slot, long due) => HasState(slot) && State(slot)[QueuedWord] == due && NextDue(slot) <= due;

    /// <summary>When something of this key is due next; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDue(int slot) => _state.Find(slot) is { } block ? NextDue(slot, block) : long.MaxValue;

    /// <summary>When something of this key is due next, as people are told; a deadline may be queued for later while nothing can come of it.</summary>
    public virtual long PendingDue(int slot) => NextDue(slot);

    private long NextDue(int slot, long[] block) => Math.Min(DueOfOperator(slot, block), EpisodeDue(block));

    /// <summary>Whether nothing is remembered of a key that could change a later decision.</summary>
    public virtual bool IsIdle(int slot)
    {
        var block = State(slot);
        if (block[QueuedWord] != 0 || EpisodeOf(slot) is not null) return false;
        return block[EndersWord] == 0 || !HasFreshEnders(slot);
    }

    /// <summary>Drops what is left of a key that is idle.</summary>
    public virtual void Forget(int slot)
    {
    }

    /// <summary>Whether a key may go as far as the rule is concerned.</summary>
    public bool CanForget(int slot) => !HasState(slot) || IsIdle(slot);

    /// <summary>Gives back the state of a key, if it has any.</summary>
    public void Release(int slot)
    {
        if (!HasState(slot)) return;
        Forget(slot);
        new EntryList(_enders, ref State(slot)[EndersWord]).Clear();
        _state.Release(slot);
        Log?.Sleep(slot);
        if (_enderLog != Log) _enderLog?.Sleep(slot);
    }

    /// <summary>Whether nothing of the operator's own is left in the state of a key.</summary>
    protected virtual bool IsBlank(int slot) => Words == BaseWords;

    /// <summary>Gives back the state of a key when nothing is left in it.</summary>
    protected void TryRelease(int slot)
    {
        if (!HasState(slot) || !IsBlank(slot) || EpisodeOf(slot) is not null) return;
        if (State(slot)[QueuedWord] == 0 && AreEndersKept(slot)) Release(slot);
    }

    /// <summary>Looks for matches; opens an episode when there is one. Called only while none is open.</summary>
    protected abstract void Detect(int role, int slot, in EventView e);

    /// <summary>Takes an event of the rule into the open episode.</summary>
    protected virtual void Serve(int role, int slot, Episode episode, in EventView e) => Prolong(slot, episode, e);

    /// <summary>Takes an event that belongs to an episode already over.</summary>
    protected virtual void Absorb(int role, int slot, Episode episode, in EventView e)
    {
    }

    /// <summary>Clears what the operator collected for the episode that just ended.</summary>
    protected virtual void Consumed(int slot, Episode episode)
    {
    }

    /// <summary>When something of the operator itself is due; <see cref="long.MaxValue"/> for never.</summary>
    protected virtual long OperatorDue(int slot) => long.MaxValue;

    /// <summary>Judges what is known up to a time that is past, before something is decided that depends on it.</summary>
    protected virtual void Settle(int slot, Instant until)
    {
    }

    protected virtual void DecideOperator(int slot, long due)
    {
    }

    protected virtual Aggregate AggregateOf(int slot, Episode? episode) =>
        new(episode?.Matches ?? 1, episode?.OpenedAt ?? default, episode?.LastAt ?? default);

    /// <summary>Whether anything is remembered of a key. What is not remembered is zero.</summary>
    protected bool HasState(int slot) => _state.Has(slot);

    /// <summary>What is remembered of a key, made if need be.</summary>
    protected Span<long> State(int slot) => Block(slot);

    /// <summary>The same as an array, to be handed on; the key's until that is released.</summary>
    protected long[] Block(int slot) => _state.Find(slot) ?? Wake(slot);

    /// <summary>No key of which something is remembered has a slot greater than or equal to this.</summary>
    protected int StateBound => _state.SlotBound;

    private long[] Wake(int slot)
    {
        var block = _state.Add(slot);
        Log?.Wake(slot);
        if (_enderLog is null) return block;
        if (_enderLog != Log) _enderLog.Wake(slot);
        TakeEndersOver(slot, ref block[EndersWord]);
        return block;
    }

    protected static long Micros(TimeSpan length) => length.Ticks / TimeSpan.TicksPerMicrosecond;

    protected void Reschedule(int slot)
    {
        if (_state.Find(slot) is { } block) Reschedule(slot, block, NextDue(slot, block));
    }

    private void Reschedule(int slot, long due)
    {
        if (due != long.MaxValue) Reschedule(slot, Block(slot), due);
    }

    private void Reschedule(int slot, long[] block, long due)
    {
        if (due == long.MaxValue) return;
        // What comes due in the past is completed by what is being processed now.
        due = Math.Max(due, Run.Now.Micros);
        ref var queued = ref block[QueuedWord];
        if (queued != 0 && queued <= due) return;
        queued = due;
        Run.Deadlines.Add(new Instant(due), this, slot);
    }

    // Decides one by one what is due up to a time. When something is due next.
    private long DecideUntil(int slot, long until)
    {
        while (_state.Find(slot) is { } block)
        {
            var (ofOperator, ofEpisode) = (DueOfOperator(slot, block), EpisodeDue(block));
            var due = Math.Min(ofOperator, ofEpisode);
            if (due > until) return due;
            if (ofOperator > ofEpisode) DecideEpisode(slot, due);
            else if (!HoldsOperator(slot)) DecideOperator(slot, due);
        }

        return long.MaxValue;
    }

    /// <summary>The episode of a key, open or over and still remembered.</summary>
    protected Episode? EpisodeOf(int slot) => _state.Find(slot) is { } block ? EpisodeOf(block) : null;

    /// <summary>The episode of a key whose state is in this block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected Episode? EpisodeOf(long[] block) => block[EpisodeWord] == 0 ? null : Remembered(block);

    private Episode? Remembered(long[] block)
    {
        ref var word = ref block[EpisodeWord];
        var episode = _episodes[(int)word]!;
        if (episode.IsOpen || Run.Now.Micros <= episode.EndStamp.Micros + Memory) return episode;
        _episodes[(int)word] = null;
        _freeEpisodes.Push((int)word);
        word = 0;
        _pool.Give(episode);
        return null;
    }

    private long Memory => Math.Max(RunContext.Slack, Micros(Rule.Cooldown)) + Lateness;

    private void Remember(int slot, Episode episode)
    {
        episode.Slot = slot;
        ref var word = ref State(slot)[EpisodeWord];
        if (word == 0)
        {
            if (_freeEpisodes.TryPop(out var free)) word = free;
            else _episodes.Add(null);
            if (word == 0) word = _episodes.Count - 1;
        }
        else
        {
            _pool.Give(_episodes[(int)word]!);
        }

        _episodes[(int)word] = episode;
    }
}
