using System.Text.Json;
using System.Text.Unicode;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>The outer members of a message while it is being decoded.</summary>
internal ref struct Envelope
{
    private EventSchema? _schema;
    private ReadOnlySpan<byte> _name;
    private ReadOnlySpan<byte> _vm;
    private ReadOnlySpan<byte> _host;
    private Instant? _time;
    private bool _named;
    private bool _timed;
    private int _dataStart;
    private int _dataLength;
    private bool _slotted;
    private Oddities _odd;
    private bool _repeated;

    public MessageKind Kind { get; private set; }

    /// <summary>The first fault that JSON's grammar does not know of; null when there is none.</summary>
    public string? Error { get; private set; }

    public int ErrorOffset { get; private set; }

    /// <summary>Reads one object, the reader standing before it and left on its end.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    public void Read(ref Utf8JsonReader reader, EventCatalogue catalogue, Span<MemberSlot> slots)
    {
        Kind = MessageKind.Other;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Fail(ref reader, "a message of QMP is a JSON object, this is none");
            reader.Skip();
            return;
        }

        while (true)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.EndObject) return;
            var key = reader.ValueIsEscaped ? Unescaped(ref reader) : reader.ValueSpan;
            reader.Read();
            Member(ref reader, key, catalogue, slots);
        }
    }

    public readonly DecodedEvent Event(ReadOnlySpan<byte> message, Span<MemberSlot> slots)
    {
        var data = message.Slice(_dataStart, _dataLength);
        var used = _schema is null ? default : slots[.._schema.SlotCount];
        var odd = _odd;
        if (!_slotted && _schema is not null)
        {
            EventDecoder.Cleared(_schema, slots);
            if (!data.IsEmpty)
            {
                var reader = new Utf8JsonReader(data);
                reader.Read();
                odd |= DataWalk.Data(ref reader, _schema, 0, used);
            }
        }

        var altered = _repeated;
        if (odd != Oddities.None && DataRewriter.Rewrite(_schema, data) is { } rewritten)
        {
            data = rewritten;
            altered = true;
            if (_schema is not null) EventDecoder.ReadSlots(_schema, data, slots);
        }

        return new()
        {
            Kind = MessageKind.Event,
            Schema = _schema,
            NameUtf8 = _name,
            EventTime = _time,
            Data = data,
            Slots = used,
            Vm = _vm,
            Host = _host,
            Altered = altered,
        };
    }

    private void Member(
        ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> key, EventCatalogue catalogue, Span<MemberSlot> slots)
    {
        if (key.SequenceEqual("timestamp"u8))
        {
            _repeated |= _timed;
            _timed = true;
            _time = Timestamp.Read(ref reader);
        }
        else if (key.SequenceEqual("event"u8))
        {
            Name(ref reader, catalogue);
        }
        else if (key.SequenceEqual("data"u8))
        {
            Data(ref reader, slots);
        }
        else if (key.SequenceEqual("vm"u8))
        {
            Label(ref reader, ref _vm, "vm");
        }
        else if (key.SequenceEqual("host"u8))
        {
            if (reader.TokenType == JsonTokenType.Null) _host = default;
            else Label(ref reader, ref _host, "host");
        }
        else
        {
            if (Kind != MessageKind.Event) Classify(key);
            reader.Skip();
        }
    }

    private void Classify(scoped ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual("QMP"u8)) Kind = MessageKind.Greeting;
        else if (key.SequenceEqual("return"u8)) Kind = MessageKind.Return;
        else if (key.SequenceEqual("error"u8)) Kind = MessageKind.Error;
        else if (key.SequenceEqual("execute"u8) || key.SequenceEqual("exec-oob"u8)) Kind = MessageKind.Command;
    }

    private void Name(ref Utf8JsonReader reader, EventCatalogue catalogue)
    {
        Kind = MessageKind.Event;
        _repeated |= _named;
        _named = true;
        _slotted = false;
        if (!Text(ref reader, "event", ref _name)) return;
        _schema = catalogue.Find(_name);
    }

    private void Data(ref Utf8JsonReader reader, Span<MemberSlot> slots)
    {
        _repeated |= _dataLength > 0;
        _odd = Oddities.None;
        _slotted = false;
        _dataStart = (int)reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            if (_schema is null) _odd = DataWalk.Unknown(ref reader);
            else _odd = DataWalk.Data(ref reader, _schema, _dataStart, EventDecoder.Cleared(_schema, slots));
            _slotted = _schema is not null;
            _dataLength = (int)reader.BytesConsumed - _dataStart;
            return;
        }

        if (reader.TokenType != JsonTokenType.Null) Fail(ref reader, "\"data\" must be an object");
        _dataLength = 0;
        reader.Skip();
    }

    private void Label(ref Utf8JsonReader reader, ref ReadOnlySpan<byte> label, string member)
    {
        _repeated |= !label.IsEmpty;
        if (Text(ref reader, member, ref label)) return;
        label = default;
    }

    private bool Text(ref Utf8JsonReader reader, string member, ref ReadOnlySpan<byte> text)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.IsEmpty)
        {
            Fail(ref reader, $"\"{member}\" must be a string that is not empty");
            reader.Skip();
            return false;
        }

        // What is not UTF-8 cannot be unescaped; the decoder refuses the whole message for it.
        if (!reader.ValueIsEscaped || !Utf8.IsValid(reader.ValueSpan))
        {
            text = reader.ValueSpan;
            return true;
        }

        if (!JsonText.IsStorable(reader.ValueSpan))
        {
            Fail(ref reader, $"\"{member}\" holds \\u0000 or half of a surrogate pair");
            return false;
        }

        text = JsonText.Unescape(reader.ValueSpan);
        return true;
    }

    private void Fail(ref Utf8JsonReader reader, string error)
    {
        if (Error is not null) return;
        Error = error;
        ErrorOffset = (int)reader.TokenStartIndex;
    }

    // A key that cannot be unescaped is none that we know.
    private static ReadOnlySpan<byte> Unescaped(ref Utf8JsonReader reader) =>
        Utf8.IsValid(reader.ValueSpan) && JsonText.IsStorable(reader.ValueSpan) ? JsonText.Unescape(reader.ValueSpan) : default;
}
