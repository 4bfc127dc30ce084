namespace Qualm.Ingest.Tests.Documents;

/// <summary>A stream that gives at most so many bytes a read, and may be fed while it is read.</summary>
internal sealed class Dripping(byte[] bytes, int chunk) : MemoryStream
{
    private byte[] _bytes = bytes;
    private int _at;

    public void Feed(ReadOnlySpan<byte> more) => _bytes = [.. _bytes, .. more];

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = Math.Min(Math.Min(chunk, buffer.Length), _bytes.Length - _at);
        _bytes.AsMemory(_at, length).CopyTo(buffer);
        _at += length;
        return ValueTask.FromResult(length);
    }
}
