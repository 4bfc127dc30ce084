using System.Buffers;

namespace Qualm.Ingest.Tests.Qmp;

/// <summary>A buffer of many segments, as a pipe builds it.</summary>
internal sealed class Segments
{
    private readonly List<ReadOnlyMemory<byte>> _parts = [];

    public ReadOnlySequence<byte> Append(ReadOnlyMemory<byte> part)
    {
        _parts.Add(part);
        var first = new Segment(_parts[0], 0);
        var last = first;
        foreach (var next in _parts.Skip(1)) last = last.Then(next);
        return new(first, 0, last, last.Memory.Length);
    }

    public void Keep(ReadOnlySequence<byte> rest)
    {
        _parts.Clear();
        foreach (var part in rest)
        {
            if (!part.IsEmpty) _parts.Add(part);
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
