namespace Qualm.Rules.Run;

/// <summary>One tumbling window or session of one key: what has come into it, mostly as numbers. Event times in microseconds.</summary>
internal sealed class Pane
{
    /// <summary>Where it begins, whether an event stands there or not.</summary>
    public long Start { get; set; }

    /// <summary>Time of the oldest event.</summary>
    public long First { get; set; }

    /// <summary>Time, stamp and position of the newest event.</summary>
    public long Last { get; set; }

    public long LastStamp { get; set; }

    public long LastPosition { get; set; }

    /// <summary>Weights, added.</summary>
    public long Weight { get; set; }

    /// <summary>Sum of whole numbers, exact.</summary>
    public long Whole { get; set; }

    /// <summary>Sum of the other numbers.</summary>
    public double Rest { get; set; }

    /// <summary>Least or greatest number, whichever the rule asks for.</summary>
    public double Extreme { get; set; }

    /// <summary>The different values; null until there is one.</summary>
    public HashSet<long>? Values { get; set; }

    /// <summary>Whether what it could make of a rule has been made.</summary>
    public bool Spent { get; set; }

    /// <summary>How many of its events are kept one by one.</summary>
    public int Kept { get; set; }

    /// <summary>A copy of the newest event, where texts look at it.</summary>
    public RetainedEvent? Shown { get; set; }

    /// <summary>The next of the same key, by time; 0 for none.</summary>
    public int Next { get; set; }

    public void Save(StateSaver to)
    {
        foreach (var number in (ReadOnlySpan<long>)[Start, First, Last, LastStamp, LastPosition, Weight, Whole, _events]) to.Write(number);
        to.Writer.Write(Rest);
        to.Writer.Write(Extreme);
        to.Writer.WriteAll<long>(Values is null ? [] : [.. Values.Order()]);
        to.Write(Spent);
        to.Write(Kept);
        to.Write(Shown is not null);
        Shown?.Save(to);
        to.Write(Next);
    }

    public static Pane Load(StateLoader from)
    {
        var pane = new Pane
        {
            Start = from.Long(),
            First = from.Long(),
            Last = from.Long(),
            LastStamp = from.Long(),
            LastPosition = from.Long(),
            Weight = from.Long(),
            Whole = from.Long(),
            _events = from.Long(),
            Rest = from.Reader.ReadDouble(),
            Extreme = from.Reader.ReadDouble(),
        };
        if (from.Reader.ReadAll<long>() is { Length: > 0 } values) pane.Values = [.. values];
        (pane.Spent, pane.Kept, pane.Shown, pane.Next) = (from.Bool(), from.Int(), from.Bool() ? RetainedEvent.Load(from) : null, from.Int());
        return pane;
    }

    /// <summary>The events that are kept; see <see cref="EntryList"/>.</summary>
    public ref long Events => ref _events;

    private long _events;
}
