using Qualm.Store.Chain;

namespace Qualm.Store.Writing;

/// <summary>What takes time to make for a turn of one event; made while the turn before it is being committed. Reused.</summary>
internal sealed class OneRowDraft
{
    private readonly LinkRows _link = new();
    private readonly ByteBuffer _headers = new(512);

    internal ReadOnlyMemory<byte> Runs => _link.Runs;

    internal ReadOnlyMemory<byte> Prints => _link.Prints;

    internal ReadOnlyMemory<byte> Digest => _link.Digest;

    /// <summary>As JSON.</summary>
    internal ReadOnlyMemory<byte> Headers => _headers.Written;

    internal OneRowDraft Make(in AppendRow row, long position)
    {
        _headers.Clear();
        HeadersJson.Write(_headers, row.Headers);
        _link.Begin().Add(row, position, StoredText.Stream(row.Stream), RowPrint.GivenOut);
        _link.End();
        return this;
    }
}
