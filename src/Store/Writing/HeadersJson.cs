using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>Writes <see cref="EventHeaders"/> as JSON.</summary>
internal static class HeadersJson
{
    internal static void Write(ByteBuffer to, in EventHeaders headers)
    {
        to.Bytes("{\"qualm\":\""u8);
        to.Bytes(NameOf(headers.Kind));
        to.Bytes("\",\"at\":"u8);
        to.Digits(headers.At.Micros);
        if (headers.Source is { } source) Text(to, ",\"source\":"u8, source);
        if (headers.Host is { } host) Text(to, ",\"host\":"u8, host);
        if (headers.Epoch != 0) Number(to, ",\"epoch\":"u8, headers.Epoch);
        if (headers.Ordinal != 0) Number(to, ",\"n\":"u8, headers.Ordinal);
        if (headers.Marks != EventMarks.None) Number(to, ",\"marks\":"u8, (long)headers.Marks);
        if (headers.Weight != 1) Number(to, ",\"weight\":"u8, headers.Weight);
        if (headers.First != headers.At) Number(to, ",\"first\":"u8, headers.First.Micros);
        if (headers.HasRaw) to.Bytes(",\"raw\":true"u8);
        to.Byte((byte)'}');
    }

    private static ReadOnlySpan<byte> NameOf(RowKind kind) => kind switch
    {
        RowKind.Live => "live"u8,
        RowKind.Import => "import"u8,
        RowKind.Decision => "decision"u8,
        RowKind.Engine => "engine"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Qualm appends no foreign events"),
    };

    private static void Number(ByteBuffer to, ReadOnlySpan<byte> member, long value)
    {
        to.Bytes(member);
        to.Digits(value);
    }

    private static void Text(ByteBuffer to, ReadOnlySpan<byte> member, string value)
    {
        to.Bytes(member);
        to.Byte((byte)'"');
        var clean = StoredText.Clean(value);
        var start = 0;
        for (var i = 0; i < clean.Length; i++)
        {
            var c = clean[i];
            if (c is >= ' ' and not '"' and not '\\') continue;
            to.Text(clean[start..i]);
            start = i + 1;
            if (c >= ' ')
            {
                to.Byte((byte)'\\');
                to.Byte((byte)c);
            }
            else
            {
                to.Bytes("\\u00"u8);
                to.Byte((byte)"0123456789abcdef"[c >> 4]);
                to.Byte((byte)"0123456789abcdef"[c & 15]);
            }
        }

        to.Text(start == 0 ? clean : clean[start..]);
        to.Byte((byte)'"');
    }
}
