using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>Everything one turn writes, in one transaction. Filled by one thread, may be cleared and used again.</summary>
/// <remarks>It must not be touched while it is being committed.</remarks>
public sealed class Turn
{
    internal List<AppendRow> Rows { get; } = [];

    internal List<long> RowPositions { get; } = [];

    internal List<OutboxEntry> Outbox { get; } = [];

    internal List<(Quarantined Item, Instant Recorded)> Garbage { get; } = [];

    internal Dictionary<string, ReadOnlyMemory<byte>> Sources { get; } = new(StringComparer.Ordinal);

    internal List<Guid> Known { get; } = [];

    internal List<long> Inbox { get; } = [];

    /// <summary>Events added whose positions are yet to be drawn; they are the last.</summary>
    internal int Lacking => Rows.Count - RowPositions.Count;

    /// <summary>Events added.</summary>
    public int Count => Rows.Count;

    /// <summary>Highest stamp processed by this turn; the stored clock never goes back.</summary>
    public Instant Clock { get; set; }

    /// <summary>Digest over all decisions so far; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Digest { get; set; }

    /// <summary>Positions to be drawn along with the commit because a next turn is waiting already; 0 when none is. Saves that turn a round trip.</summary>
    public int ReserveNext { get; set; }

    /// <summary>
    /// <see cref="TurnWriter.Generation"/> when what this turn was decided on began; null when every turn before it is known to be committed.
    /// Whoever commits a turn before the one before it has ended must give it, or a turn could be written without the one it follows.
    /// </summary>
    public int? Generation { get; set; }

    /// <summary>Adds an event.</summary>
    /// <param name="position">From <see cref="TurnWriter.ReserveAsync"/>, higher than that of the event added before.</param>
    /// <exception cref="ArgumentException">The positions do not ascend.</exception>
    public void Add(Position position, in AppendRow row)
    {
        if (RowPositions.Count > 0 && RowPositions[^1] >= position.Value)
            throw new ArgumentException($"position {position} comes after {RowPositions[^1]}", nameof(position));
        if (Lacking > 0) throw new ArgumentException($"position {position} comes after an event whose position is drawn when it is written", nameof(position));
        RowPositions.Add(position.Value);
        Rows.Add(row);
    }

    /// <summary>Adds an event that nothing in this turn refers to: its position is drawn when the turn is written, behind all others of it.</summary>
    public void Add(in AppendRow row) => Rows.Add(row);

    public void Add(in OutboxEntry entry) => Outbox.Add(entry);

    /// <summary>Adds something that could not be decoded. What is already in quarantine is left there.</summary>
    public void Add(Quarantined item, Instant recorded) => Garbage.Add((item, recorded));

    /// <summary>Notes how far a source has been read. The last note for a name wins.</summary>
    public void Resume(string source, ReadOnlyMemory<byte> token) => Sources[source] = token;

    /// <summary>Notes the id of an event whose source may send it again.</summary>
    public void Remember(Guid id) => Known.Add(id);

    /// <summary>Takes a command out of the inbox.</summary>
    public void TakeFromInbox(long id) => Inbox.Add(id);

    public void Clear()
    {
        Rows.Clear();
        RowPositions.Clear();
        Outbox.Clear();
        Garbage.Clear();
        Sources.Clear();
        Known.Clear();
        Inbox.Clear();
        Clock = default;
        Digest = default;
        ReserveNext = 0;
        Generation = null;
    }
}
