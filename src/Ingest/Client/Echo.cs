using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>
/// What a standing-by monitor and the speaking one have not both brought yet. QEMU sends each event to all monitors of a
/// process, so that in the end there is nothing here. For one thread at a time.
/// </summary>
internal sealed class Echo
{
    /// <summary>How many events one of the two may be ahead.</summary>
    public const int Most = 4096;

    // Farther apart in QEMU's time, equal events are two.
    private const long Near = Instant.Second;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly LinkedList<Entry> _said = [];
    private readonly LinkedList<Entry> _heard = [];

    /// <summary>Whether the standing-by one was so far ahead that something had to be forgotten.</summary>
    public bool HasForgotten { get; private set; }

    /// <summary>Whether something was heard that nobody has said yet.</summary>
    public bool IsAhead => _heard.Count > 0;

    /// <summary>When the first of those was heard, leaving aside what may have been said before the two were compared; null when there is none.</summary>
    public TimeSpan? OldestProof
    {
        get
        {
            for (var node = _heard.First; node is not null; node = node.Next)
            {
                if (node.Value.Proof) return node.Value.At;
            }

            return null;
        }
    }

    /// <summary>The speaking one has brought an event.</summary>
    /// <returns>Whether the other had heard it.</returns>
    public bool Said(QmpEvent e, TimeSpan now)
    {
        if (Remove(_heard, e, before: out var saidBefore))
        {
            // The two have one order: what was heard before this one was said before they were compared.
            ForgetUnproven(saidBefore);
            return true;
        }

        while (_said.First is { } first && (_said.Count >= Most || now - first.Value.At > Memory)) _said.RemoveFirst();
        _said.AddLast(new Entry(e, now, false));
        return false;
    }

    /// <summary>The standing-by one has brought an event.</summary>
    /// <returns>Whether it had been said.</returns>
    public bool WasSaid(QmpEvent e, TimeSpan now)
    {
        while (_said.First is { } first && now - first.Value.At > Memory) _said.RemoveFirst();
        if (!Remove(_said, e, before: out _)) return false;
        ForgetUnproven(_heard.Last);
        return true;
    }

    /// <summary>Keeps an event that has not been said yet.</summary>
    /// <param name="proof">Whether the other would bring it if both were monitors of one process.</param>
    /// <returns>How many had to be forgotten for it.</returns>
    public int Keep(QmpEvent e, TimeSpan now, bool proof)
    {
        _heard.AddLast(new Entry(e, now, proof));
        if (_heard.Count <= Most) return 0;
        _heard.RemoveFirst();
        HasForgotten = true;
        return 1;
    }

    /// <summary>Forgets what was heard up to a time and proves nothing.</summary>
    /// <returns>How many that were.</returns>
    public int ForgetUnproven(TimeSpan until)
    {
        var forgotten = 0;
        while (_heard.First is { Value: { Proof: false } first } && first.At <= until)
        {
            _heard.RemoveFirst();
            forgotten++;
        }

        return forgotten;
    }

    /// <summary>Forgets what the speaking one has brought: the two are of different processes.</summary>
    public void ForgetSaid() => _said.Clear();

    /// <summary>Gives away what was heard and never said.</summary>
    public IReadOnlyList<QmpEvent> TakeHeard()
    {
        QmpEvent[] heard = [.. _heard.Select(h => h.Event)];
        _heard.Clear();
        return heard;
    }

    // Both sides have one order: what is looked for is the first, but for what one of them never got.
    private static bool Remove(LinkedList<Entry> list, QmpEvent e, out LinkedListNode<Entry>? before)
    {
        before = null;
        for (var node = list.First; node is not null; node = node.Next)
        {
            if (!AreOne(node.Value.Event, e)) continue;
            before = node.Previous;
            list.Remove(node);
            return true;
        }

        return false;
    }

    // What was heard up to there and proves nothing: it may have been said before the two were compared, and was.
    private void ForgetUnproven(LinkedListNode<Entry>? upTo)
    {
        for (var node = upTo; node is not null;)
        {
            var earlier = node.Previous;
            if (!node.Value.Proof) _heard.Remove(node);
            node = earlier;
        }
    }

    private static bool AreOne(QmpEvent a, QmpEvent b)
    {
        if (a.Name != b.Name) return false;
        if (a.EventTime is { } one && b.EventTime is { } other && (one == other || Math.Abs(one.Micros - other.Micros) > Near)) return one == other;
        return a.Data.Span.SequenceEqual(b.Data.Span);
    }

    private readonly record struct Entry(QmpEvent Event, TimeSpan At, bool Proof);
}
