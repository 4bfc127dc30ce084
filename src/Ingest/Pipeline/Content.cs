using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>Whether two events of a connection differ in nothing but their time, byte for byte.</summary>
internal static class Content
{
    public static int HashOf(ReceivedEvent received)
    {
        var hash = new HashCode();
        hash.Add(received.Event.Name, StringComparer.Ordinal);
        hash.AddBytes(received.Event.Data.Span);
        return hash.ToHashCode();
    }

    public static bool AreEqual(ReceivedEvent a, ReceivedEvent b) =>
        ReferenceEquals(a.Origin, b.Origin)
        && a.Event.Name == b.Event.Name
        && a.Event.Data.Span.SequenceEqual(b.Event.Data.Span)
        && EqualButForTime(a.Event.Raw.Span, b.Event.Raw.Span);

    // What the data does not show: members beside it, and the way it was written.
    private static bool EqualButForTime(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var (inA, inB) = (TimeIn(a), TimeIn(b));
        return a[..inA.Start].SequenceEqual(b[..inB.Start]) && a[inA.End..].SequenceEqual(b[inB.End..]);
    }

    private static (int Start, int End) TimeIn(ReadOnlySpan<byte> raw)
    {
        var start = raw.IndexOf("\"timestamp\""u8);
        if (start < 0) return (0, 0);
        var length = raw[start..].IndexOf((byte)'}');
        return length < 0 ? (0, 0) : (start, start + length);
    }
}
