using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Run;

/// <summary>One alert of one key from its opening to its end, and a while longer, so that stragglers of it do not open another.</summary>
internal sealed class Episode
{
    public enum Phase
    {
        /// <summary>Over.</summary>
        Closed,

        /// <summary>Its condition holds, but not yet for long enough.</summary>
        Pending,

        /// <summary>It opened too soon after the last one; its page waits.</summary>
        Waiting,
        Firing,
    }

    private List<(int Role, RetainedEvent Event)>? _held;
    private long[] _because = [];
    private int _causes;

    // Memory of what it knew when it served before, by alternative.
    private long[] _metAt = [];
    private CelValue[]?[] _asOpened = [];
    private CelValue[]?[] _opened = [];
    private Ending?[] _endings = [];
    private Ending?[] _ended = [];

    public ImmutableArray<KeyPart> Key { get; private set; } = [];

    /// <summary>The event time that its identity is made of: of its opening, but where it took another's place at an activation.</summary>
    public Instant IdAt { get; private set; }

    public Phase State { get; set; }

    /// <summary>Event time at which it opened.</summary>
    public Instant OpenedAt { get; set; }

    /// <summary>From here, in event time, something that ends it may have happened: the opener of an absence, else the opening.</summary>
    public Instant Since { get; set; }

    /// <summary>Event time and stamp of the end of the newest gap while it was open; the epoch when there was none.</summary>
    public Instant SilentAt { get; set; }

    public Instant SilentStamp { get; set; }

    /// <summary>Whether something that is due waits for the end of a gap.</summary>
    public bool InGap { get; set; }

    /// <summary>Whether it was told to be unknown, and nothing since.</summary>
    public bool Unknown { get; set; }

    /// <summary>Event time up to which something that ends it keeps it from being told, while <see cref="Phase.Pending"/> or <see cref="Phase.Waiting"/>.</summary>
    public Instant HeldTo { get; set; }

    /// <summary>Event time at which the cooldown of the one before is over; <c>default</c> when there is none.</summary>
    public Instant CooledAt { get; set; }

    /// <summary>The stamp that stands for <see cref="CooledAt"/>.</summary>
    public Instant CooledStamp { get; set; }

    /// <summary>When it leaves <see cref="Phase.Pending"/> or <see cref="Phase.Waiting"/>.</summary>
    public Instant HeldUntil { get; set; }

    public Severity Severity { get; set; }

    /// <summary>Its identity, and what is said of it.</summary>
    public EpisodeTexts Texts { get; } = new();

    /// <summary>Causes of what is told of it next. Valid until they are set again.</summary>
    public ReadOnlySpan<long> Because
    {
        get => _because.AsSpan(0, _causes);
        set
        {
            if (value.Length > _because.Length) _because = new long[value.Length];
            value.CopyTo(_because);
            _causes = value.Length;
        }
    }

    /// <summary>Event time, stamp and position of its newest match.</summary>
    public Instant LastAt { get; set; }

    public Instant LastStamp { get; set; }

    public long LastPosition { get; set; }

    public long Matches { get; set; }

    /// <summary>When it was paged last, for reminders.</summary>
    public Instant PagedAt { get; set; }

    /// <summary>Whether somebody has taken it.</summary>
    public bool Acknowledged { get; set; }

    /// <summary>When it is told to others unless somebody has taken it; null when it is not to be, or was.</summary>
    public Instant? EscalatesAt { get; set; }

    /// <summary>Whether it was ever told to be firing.</summary>
    public bool HasPaged { get; set; }

    /// <summary>Where its key's state is.</summary>
    public int Slot { get; set; }

    /// <summary>Whether it supports its rule's conclusion at present.</summary>
    public bool Concluded { get; set; }

    /// <summary>What the event that it derives carries; null for other kinds of rules.</summary>
    public DerivedData? Data { get; set; }

    /// <summary>Who was to be told of its end by the rule as it was when it paged, and is not by the rule as it is.</summary>
    public ImmutableArray<string> Owed { get; set; } = [];

    /// <summary>Ways in which it may end.</summary>
    public int Alternatives { get; private set; }

    /// <summary>By alternative: event time of the event that satisfies it; <see cref="Never"/> while none did.</summary>
    public ReadOnlySpan<long> MetAt => _metAt.AsSpan(0, Alternatives);

    /// <summary>By alternative: what its condition over state read at the opening; null once an event has changed that, or where there is none.</summary>
    public CelValue[]?[] AsOpened { get; private set; } = [];

    /// <summary>By alternative: what is known of an ending that must stand a while, or of the state it depends on; empty until something is.</summary>
    public Ending?[] Endings { get; private set; } = [];

    /// <summary>Nothing is known of how it may end.</summary>
    public void MayEnd(int alternatives)
    {
        if (_metAt.Length < alternatives) _metAt = new long[alternatives];
        Alternatives = alternatives;
        _metAt.AsSpan(0, alternatives).Fill(Never);
    }

    /// <summary>An event has satisfied an alternative, if none has before.</summary>
    public void Meet(int alternative, long at)
    {
        if (_metAt[alternative] == Never) _metAt[alternative] = at;
    }

    /// <summary>Where to put what the condition of an alternative reads at the opening.</summary>
    public Span<CelValue> Opens(int alternative, int members)
    {
        if (_opened.Length != Alternatives) (_asOpened, _opened) = (new CelValue[]?[Alternatives], new CelValue[]?[Alternatives]);
        if (AsOpened.Length != Alternatives)
        {
            Array.Clear(_asOpened);
            AsOpened = _asOpened;
        }

        if (_opened[alternative]?.Length != members) _opened[alternative] = new CelValue[members];
        return AsOpened[alternative] = _opened[alternative]!;
    }

    /// <summary>An event has changed what the condition of an alternative read.</summary>
    public void Changed(int alternative) => AsOpened[alternative] = null;

    /// <summary>Says which alert it is of, and what its identity is made of besides.</summary>
    public void Identify(string alert, ImmutableArray<KeyPart> key, Instant at)
    {
        (Key, IdAt) = (key, at);
        Texts.Identify(alert, key, at);
    }

    /// <summary>Takes over what another, under the same rule, knows of how it may end.</summary>
    public void TakeEndings(Episode other)
    {
        MayEnd(other.Alternatives);
        other.MetAt.CopyTo(_metAt);
        (AsOpened, Endings) = (other.AsOpened, other.Endings);
    }

    /// <summary>The same, made if need be.</summary>
    public Ending EndingOf(int alternative)
    {
        if (_ended.Length != Alternatives) (_endings, _ended) = (new Ending?[Alternatives], new Ending?[Alternatives]);
        if (Endings.Length == 0)
        {
            Array.Clear(_endings);
            Endings = _endings;
        }

        if (Endings[alternative] is { } known) return known;
        var ending = _ended[alternative] ??= new Ending();
        ending.Clear();
        return Endings[alternative] = ending;
    }

    public const long Never = long.MinValue;

    public Instant EndAt { get; set; }

    public Instant EndStamp { get; set; }

    /// <summary>Whether it ended because its rule changed, so that a rule which finds the same again may tell of it again.</summary>
    public bool EndedByChange { get; set; }

    /// <summary>Whether it was told, and is over, under its rule as it was: a rule that decides later finds the same once more.</summary>
    public bool ToldBefore { get; set; }

    public bool IsOpen => State != Phase.Closed;

    /// <summary>Events past the end that is likely but not yet decided: of the next episode, unless a straggler prolongs this one.</summary>
    public List<(int Role, RetainedEvent Event)> Held => _held ??= [];

    /// <summary>Place of the first of them by event time and position; there must be one.</summary>
    public int FirstHeld
    {
        get
        {
            var first = 0;
            for (var i = 1; i < Held.Count; i++)
            {
                var (one, other) = (Held[first].Event, Held[i].Event);
                if (other.At < one.At || (other.At == one.At && other.Position.CompareTo(one.Position) < 0)) first = i;
            }

            return first;
        }
    }

    /// <summary>Takes them all out, by event time and position. The list may be given back empty.</summary>
    public List<(int Role, RetainedEvent Event)> TakeHeld()
    {
        var held = _held ?? [];
        _held = null;
        for (var i = 1; i < held.Count; i++)
        {
            var (before, after) = (held[i - 1].Event, held[i].Event);
            if ((before.At, before.Position).CompareTo((after.At, after.Position)) > 0) return [.. held.OrderBy(h => h.Event.At).ThenBy(h => h.Event.Position)];
        }

        return held;
    }

    /// <summary>Gives it the memory of a list that was taken.</summary>
    public void GiveBack(List<(int Role, RetainedEvent Event)> empty) => _held ??= empty;

    /// <summary>Takes up what was known at the opening, and what was met.</summary>
    public void LoadOpening(CelValue[]?[] asOpened, ReadOnlySpan<long> metAt)
    {
        MayEnd(metAt.Length);
        metAt.CopyTo(_metAt);
        AsOpened = asOpened;
    }

    /// <summary>Writes down what it knows of its endings, and what it holds back.</summary>
    public void SaveOpen(StateSaver to)
    {
        to.Write(Endings.Length);
        foreach (var ending in Endings)
        {
            to.Write(ending is not null);
            ending?.Save(to);
        }

        to.Write(_held?.Count ?? 0);
        foreach (var (role, e) in _held ?? [])
        {
            to.Write(role);
            e.Save(to);
        }
    }

    public void LoadOpen(StateLoader from)
    {
        Endings = new Ending?[from.Reader.ReadCount()];
        for (var i = 0; i < Endings.Length; i++)
        {
            if (from.Bool()) Endings[i] = Ending.Load(from);
        }

        for (var left = from.Reader.ReadCount(); left > 0; left--) Held.Add((from.Index(int.MaxValue), RetainedEvent.Load(from)));
    }

    /// <summary>Whether there are any such.</summary>
    public bool HoldsBack => _held is { Count: > 0 };

    /// <summary>Place of its slot among those of open episodes.</summary>
    public int OpenPlace { get; set; }

    /// <summary>The step in which nobody remembered it any more.</summary>
    public long DroppedIn { get; set; }

    /// <summary>Becomes like a new one; only its memory stays.</summary>
    public void Clear()
    {
        (Key, IdAt, State, OpenedAt, Since, Slot, OpenPlace, DroppedIn) = ([], default, default, default, default, 0, 0, 0);
        (SilentAt, SilentStamp, InGap, Unknown) = (default, default, false, false);
        (HeldTo, HeldUntil, CooledAt, CooledStamp) = (default, default, default, default);
        (Severity, LastAt, LastStamp, LastPosition, Matches, _causes) = (default, default, default, 0, 0, 0);
        (PagedAt, Acknowledged, EscalatesAt, HasPaged, Concluded, Data, Owed) = (default, false, null, false, false, null, []);
        (Alternatives, AsOpened, Endings, EndAt, EndStamp, EndedByChange, ToldBefore) = (0, [], [], default, default, false, false);
        _held?.Clear();
        Texts.Clear();
    }
}
