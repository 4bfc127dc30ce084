using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>
/// The very bytes QEMU writes around <c>data</c>, every time: <c>{"timestamp": {"seconds": S, "microseconds": U}, "event": "NAME"</c>,
/// perhaps <c>, "data": {…}</c>, and <c>}</c>; in files <c>"vm": "…"</c> and <c>"host": "…"</c> may come before or behind all that,
/// and the spaces be gone. They are compared, not parsed, which saves half of the tokens. Whatever looks otherwise, or odd, is
/// left to the general way, which gives the same answer.
/// </summary>
internal static class QemuForm
{
    // Within the message, data is on the second level.
    private static readonly JsonReaderOptions InData = new() { MaxDepth = EventDecoder.MaxDepth - 1 };

    // What ends a string, needs unescaping, or is no JSON.
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(b => (byte)b)]);

    /// <returns>False when the message is to be decoded in the general way; the slots are void then.</returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> message, EventCatalogue catalogue, Span<MemberSlot> slots, bool alone, out DecodedEvent decoded, out int consumed) =>
        TryDecode<SpacedPieces>(message, catalogue, slots, alone, out decoded, out consumed)
        || TryDecode<CompactPieces>(message, catalogue, slots, alone, out decoded, out consumed);

    private static bool TryDecode<TPieces>(
        ReadOnlySpan<byte> message, EventCatalogue catalogue, Span<MemberSlot> slots, bool alone, out DecodedEvent decoded, out int consumed)
        where TPieces : struct, IFormPieces
    {
        decoded = default;
        consumed = 0;
        var rest = message;
        ReadOnlySpan<byte> vm = default;
        ReadOnlySpan<byte> host = default;
        if (!Take(ref rest, "{"u8)) return false;
        while (!Take(ref rest, TPieces.Seconds))
        {
            if (!TakeLabel<TPieces>(ref rest, ref vm, ref host) || !Take(ref rest, TPieces.Comma)) return false;
        }

        if (!TakeNumber(ref rest, Timestamp.LastSecond, out var seconds)
            || !Take(ref rest, TPieces.Microseconds) || !TakeNumber(ref rest, Instant.Second - 1, out var microseconds)
            || !Take(ref rest, TPieces.Event)) return false;

        var quote = rest.IndexOf((byte)'"');
        if (quote < 0 || catalogue.Find(rest[..quote]) is not { } schema) return false;
        var name = rest[..quote];
        rest = rest[(quote + 1)..];
        var used = EventDecoder.Cleared(schema, slots);
        ReadOnlySpan<byte> data = default;
        if (Take(ref rest, TPieces.Data))
        {
            if (rest.IsEmpty || rest[0] != '{' || !TryData(rest, schema, used, out var length)) return false;
            data = rest[..length];
            rest = rest[length..];
        }

        while (!Take(ref rest, "}"u8))
        {
            if (!Take(ref rest, TPieces.Comma) || !TakeLabel<TPieces>(ref rest, ref vm, ref host)) return false;
        }

        if (alone && rest.ContainsAnyExcept(" \t\r\n"u8)) return false;
        consumed = message.Length - rest.Length;
        decoded = new()
        {
            Kind = MessageKind.Event,
            Schema = schema,
            NameUtf8 = name,
            EventTime = Instant.FromUnix(seconds, microseconds),
            Data = data,
            Slots = used,
            Vm = vm,
            Host = host,
        };
        return true;
    }

    private static bool TryData(ReadOnlySpan<byte> rest, EventSchema schema, Span<MemberSlot> slots, out int length)
    {
        if (PlainData.TryWalk(rest, schema, slots, out length)) return true;
        slots.Clear();
        return TryWalk(rest, schema, slots, out length);
    }

    private static bool TryWalk(ReadOnlySpan<byte> rest, EventSchema schema, Span<MemberSlot> slots, out int length)
    {
        length = 0;
        try
        {
            var reader = new Utf8JsonReader(rest, InData);
            reader.Read();
            if (DataWalk.Data(ref reader, schema, 0, slots) != Oddities.None) return false;
            length = (int)reader.BytesConsumed;
            return Utf8.IsValid(rest[..length]);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TakeLabel<TPieces>(ref ReadOnlySpan<byte> rest, ref ReadOnlySpan<byte> vm, ref ReadOnlySpan<byte> host)
        where TPieces : struct, IFormPieces
    {
        if (Take(ref rest, TPieces.Vm)) return TakeOnce(ref rest, ref vm);
        return Take(ref rest, TPieces.Host) && TakeOnce(ref rest, ref host);
    }

    // Neither empty nor said twice.
    private static bool TakeOnce(ref ReadOnlySpan<byte> rest, ref ReadOnlySpan<byte> label)
    {
        var end = rest.IndexOfAny(NotPlain);
        if (end <= 0 || rest[end] != '"' || !label.IsEmpty || !Utf8.IsValid(rest[..end])) return false;
        label = rest[..end];
        rest = rest[(end + 1)..];
        return true;
    }

    private static bool Take(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> expected)
    {
        if (!rest.StartsWith(expected)) return false;
        rest = rest[expected.Length..];
        return true;
    }

    private static bool TakeNumber(ref ReadOnlySpan<byte> rest, long most, out long number)
    {
        number = 0;
        var digits = 0;
        for (; digits < rest.Length && (uint)(rest[digits] - '0') is <= 9 and var digit && number <= most; digits++) number = (number * 10) + digit;
        if (digits == 0 || (digits > 1 && rest[0] == '0') || number > most) return false;
        rest = rest[digits..];
        return true;
    }
}
