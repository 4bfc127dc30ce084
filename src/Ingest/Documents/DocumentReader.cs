using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Documents;

/// <summary>
/// Reads events out of a file of any size: JSON Lines, concatenated or pretty-printed JSON, an array of events, or prose with
/// examples in it. What it cannot decode it hands out as garbage with its place, and goes on. Memory stays flat.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// <code>
/// while (await reader.FillAsync(cancellationToken))
///     while (reader.TryRead(out var item)) …
/// </code>
/// </remarks>
public sealed class DocumentReader
{
    /// <summary>Garbage is kept up to this many bytes.</summary>
    public const int MaxGarbageBytes = 64 << 10;

    private readonly EventCatalogue _catalogue;
    private readonly DocumentOptions _options;
    private readonly DocumentBuffer _buffer;
    private readonly MemberSlot[] _slots;
    private bool? _prose;
    private bool _begun;
    private bool _final;
    private ValueScan? _scan;
    private Oversize? _oversize;
    private ArrayStart? _array;

    /// <param name="stream">Stays the caller's.</param>
    public DocumentReader(Stream stream, EventCatalogue catalogue, DocumentOptions? options = null)
    {
        _catalogue = catalogue;
        _options = options ?? new();
        _buffer = new(stream, _options.StartOffset, _options.StartLine);
        _slots = new MemberSlot[catalogue.MostSlots];
        _begun = _options.StartOffset > 0;
        if (_begun || _options.Follows) _prose = false;
    }

    /// <summary>Offset in the file up to which items have been handed out.</summary>
    public long Offset => _buffer.Offset;

    /// <summary>Line that <see cref="Offset"/> lies in, from 1.</summary>
    public long Line => _buffer.Line;

    /// <summary>Whether the file is prose with examples in it. False until that is known.</summary>
    public bool IsDocument => _prose ?? false;

    /// <summary>Lines of prose passed over so far.</summary>
    public long ProseLines { get; private set; }

    /// <summary>Reads more bytes. Spans and memories handed out before are void from here on.</summary>
    /// <returns>
    /// Whether to call <see cref="TryRead(out DocumentItem)"/> again. False at the end; when following, false means that there is
    /// nothing now, and may be later.
    /// </returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken = default)
    {
        if (_final) return false;
        if (await _buffer.FillAsync(cancellationToken)) return true;
        if (_options.Follows) return false;
        _final = true;
        return true;
    }

    /// <summary>Nothing will follow any more: what was held back as unfinished is garbage. Call <see cref="TryRead(out DocumentItem)"/> after it.</summary>
    public void Finish() => _final = true;

    /// <summary>Takes the next item out of the bytes that are there.</summary>
    /// <returns>False when <see cref="FillAsync"/> is due.</returns>
    public bool TryRead(out DocumentItem item) => TryRead(_slots, out item);

    /// <param name="slots">At least <see cref="EventCatalogue.MostSlots"/>; for callers that look at several items at once.</param>
    public bool TryRead(Span<MemberSlot> slots, out DocumentItem item)
    {
        item = default;
        if (!_begun && !Begin()) return false;
        while (true)
        {
            if (_oversize is not null) return PassOver(out item);
            if (_scan is null) SkipSpace();
            if (_buffer.Rest.IsEmpty) return _final && CloseArray(out item);
            _prose ??= Prose.IsDocument(_buffer.Rest, _final);
            if (_prose is null) return false;

            var read = _buffer.Rest[0] switch
            {
                (byte)'{' => Value(slots, out item),
                (byte)'[' when _array is null => OpenArray(out item),
                (byte)']' when _array is not null => EndArray(),
                _ => Text(out item),
            };
            if (read == Step.Item) return true;
            if (read == Step.More) return false;
        }
    }

    private enum Step
    {
        /// <summary>An item was found.</summary>
        Item,

        /// <summary>Something was passed over; go on.</summary>
        Next,

        /// <summary>More bytes are needed.</summary>
        More,
    }

    private bool Begin()
    {
        var mark = "\uFEFF"u8;
        var rest = _buffer.Rest;
        if (!_final && rest.Length < mark.Length && mark.StartsWith(rest)) return false;
        if (rest.StartsWith(mark)) _buffer.DropMark(mark.Length);
        return _begun = true;
    }

    private void SkipSpace()
    {
        var rest = _buffer.Rest;
        if (rest.IsEmpty || rest[0] == '{') return;
        var skip = _array is null ? rest.IndexOfAnyExcept(" \t\r\n"u8) : rest.IndexOfAnyExcept(" \t\r\n,"u8);
        if (skip != 0) _buffer.Consume(skip < 0 ? rest.Length : skip);
    }

    private Step Value(Span<MemberSlot> slots, out DocumentItem item)
    {
        item = default;
        var rest = _buffer.Rest;
        if (_scan is null)
        {
            // Nearly always the whole value is there and sound; then this one pass frames and decodes it.
            EventDecoder.TryDecode(rest, _catalogue, slots, alone: false, out var decoded, out var consumed);
            if (consumed > 0 && consumed <= _options.MaxValueBytes) return Sound(decoded, consumed, out item);
            _scan = new ValueScan();
        }

        var scan = _scan.Value;
        var outcome = scan.Advance(rest);
        _scan = scan;
        if (scan.Scanned > _options.MaxValueBytes)
        {
            // Where its end, or a line that begins another, was seen already, that ends it.
            if (outcome != ValueScan.Outcome.Open || rest.IndexOf("\n{"u8) >= 0) return Broken(scan.Scanned, TooLong(), out item);
            scan.Discard();
            return Oversized(scan, rest.Length, TooLong());
        }

        if (outcome == ValueScan.Outcome.Open)
        {
            if (!_final) return Step.More;
            return Broken(rest.Length, null, out item);
        }

        if (outcome == ValueScan.Outcome.Closed)
        {
            EventDecoder.TryDecode(rest[..scan.Scanned], _catalogue, slots, alone: false, out var decoded, out var consumed);
            if (consumed > 0) return Sound(decoded, consumed, out item);
        }

        return Broken(scan.Scanned, null, out item);
    }

    // Well-formed JSON, that is; what it says may still be wrong.
    private Step Sound(DecodedEvent decoded, int length, out DocumentItem item)
    {
        _scan = null;
        if (decoded.Kind is MessageKind.Malformed) return Garbage(length, decoded.ErrorOffset, decoded.Error!, out item);
        if (decoded.Kind is MessageKind.Other)
            return Garbage(length, 0, "neither an event nor another message of QMP: an event has a member \"event\" that names it", out item);

        var (line, column, start) = (_buffer.Line, _buffer.Column, _buffer.Offset);
        var bytes = _buffer.Memory(length);
        _buffer.Consume(length);
        item = new()
        {
            Kind = decoded.Kind == MessageKind.Event ? DocumentItemKind.Event : DocumentItemKind.Skipped,
            Bytes = bytes,
            Decoded = decoded,
            Line = line,
            Column = column,
            Start = start,
            End = _buffer.Offset,
        };
        return Step.Item;
    }

    // Ends before the next line that begins with a bracket, so that one bad value costs no good one.
    private Step Broken(int length, string? reason, out DocumentItem item)
    {
        _scan = null;
        var bytes = _buffer.Rest[..length];
        var next = bytes.IndexOf("\n{"u8);
        if (next >= 0) bytes = bytes[..next];
        bytes = bytes.TrimEnd(" \t\r\n"u8);
        if (reason is not null) return Garbage(bytes.Length, 0, reason, out item);
        var fault = JsonFault.Find(bytes);
        return Garbage(bytes.Length, fault.Offset, "malformed JSON: " + fault.Message, out item);
    }

    private Step Text(out DocumentItem item)
    {
        item = default;
        var rest = _buffer.Rest;
        var newline = rest.IndexOf((byte)'\n');
        var line = newline < 0 ? rest : rest[..newline];
        var length = Prose.JsonStart(line, _prose is true);
        if (length < 0)
        {
            if (newline < 0 && !_final)
                return rest.Length > _options.MaxValueBytes ? Oversized(null, rest.Length, "a line of garbage, too long to be kept whole") : Step.More;
            length = line.Length;
        }

        var text = line[..length].TrimEnd(" \t\r"u8);
        if (_prose is true && Prose.IsText(text))
        {
            _buffer.Consume(text.Length);
            ProseLines++;
            return Step.Next;
        }

        return Garbage(text.Length, 0, Prose.WhyGarbage(text), out item);
    }

    private Step Garbage(int length, int fault, string reason, out DocumentItem item)
    {
        var bytes = _buffer.Memory(length);
        var before = bytes.Span[..fault];
        var newline = before.LastIndexOf((byte)'\n');
        var line = _buffer.Line + before.Count((byte)'\n');
        var column = newline < 0 ? _buffer.Column + fault : fault - newline;
        var start = _buffer.Offset;
        _buffer.Consume(length);
        var cut = length > MaxGarbageBytes;
        item = new()
        {
            Kind = DocumentItemKind.Garbage,
            Bytes = cut ? bytes[..MaxGarbageBytes] : bytes,
            Reason = cut ? $"{reason} (the first {MaxGarbageBytes} of {length} bytes are kept)" : reason,
            Line = line,
            Column = column,
            Start = start,
            End = _buffer.Offset,
        };
        return Step.Item;
    }

    private string TooLong() => $"a value longer than {_options.MaxValueBytes} bytes";

    private Step Oversized(ValueScan? scan, int length, string reason)
    {
        var kept = _buffer.Rest[..Math.Min(length, MaxGarbageBytes)].ToArray();
        _oversize = new(_buffer.Offset, _buffer.Line, _buffer.Column, kept, reason);
        _buffer.Consume(length);
        _scan = scan;
        return Step.Next;
    }

    // Passes over the rest of what is too long, keeping none of it.
    private bool PassOver(out DocumentItem item)
    {
        item = default;
        var rest = _buffer.Rest;
        var found = true;
        int length;
        if (_scan is { } scan)
        {
            found = scan.Advance(rest) != ValueScan.Outcome.Open;
            length = scan.Scanned;
            scan.Discard();
            _scan = scan;
        }
        else
        {
            length = rest.IndexOf((byte)'\n');
            if (length < 0) (found, length) = (false, rest.Length);
        }

        _buffer.Consume(length);
        if (!found && !_final) return false;
        var (start, line, column, kept, reason) = _oversize!;
        _oversize = null;
        _scan = null;
        item = new()
        {
            Kind = DocumentItemKind.Garbage,
            Bytes = kept,
            Reason = $"{reason} (the first {kept.Length} of {_buffer.Offset - start} bytes are kept)",
            Line = line,
            Column = column,
            Start = start,
            End = _buffer.Offset,
        };
        return true;
    }

    private Step OpenArray(out DocumentItem item)
    {
        item = default;
        var behind = _buffer.Rest[1..].TrimStart(" \t\r\n"u8);
        if (behind.IsEmpty && !_final) return Step.More;
        if (behind.IsEmpty || behind[0] is not ((byte)'{' or (byte)']')) return Text(out item);
        _array = new(_buffer.Line, _buffer.Column);
        _buffer.Consume(1);
        return Step.Next;
    }

    private Step EndArray()
    {
        _array = null;
        _buffer.Consume(1);
        return Step.Next;
    }

    private bool CloseArray(out DocumentItem item)
    {
        item = default;
        if (_array is not { } array) return false;
        _array = null;
        item = new()
        {
            Kind = DocumentItemKind.Garbage,
            Bytes = "["u8.ToArray(),
            Reason = "cut short: this array has no ']'; what it held was read",
            Line = array.Line,
            Column = array.Column,
            Start = _buffer.Offset,
            End = _buffer.Offset,
        };
        return true;
    }

    private sealed record Oversize(long Start, long Line, long Column, byte[] Kept, string Reason);

    private readonly record struct ArrayStart(long Line, long Column);
}
