using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>Tells whether a <c>jsonb</c> column would hold two texts of JSON as one value. Reused; one thread at a time.</summary>
public sealed class JsonComparer
{
    private readonly CanonicalJson _json = new();
    private readonly ByteBuffer _one = new();
    private readonly ByteBuffer _other = new();

    public bool AreEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.SequenceEqual(other)) return true;
        _one.Clear();
        _json.Write(one, _one);
        _other.Clear();
        _json.Write(other, _other);
        return _one.Written.Span.SequenceEqual(_other.Written.Span);
    }
}
