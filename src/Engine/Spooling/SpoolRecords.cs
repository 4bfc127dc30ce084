using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Inputs as the records of one segment, and back. Origins are written once a segment and named by number after that.</summary>
internal sealed class SpoolRecords
{
    private readonly Dictionary<EventOrigin, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<EventOrigin> _origins = [];

    private enum Kind : byte
    {
        Origin = 1,
        Event = 2,
        Garbage = 3,
        Activation = 4,
        Acknowledge = 5,
        NotUnderstood = 6,
    }

    /// <summary>Whether the input is kept at all: a tick decides nothing that the next input would not.</summary>
    public static bool Keeps(StampedInput input) => input is not StampedInput.Tick;

    /// <summary>Gives the records of an input to <paramref name="frame"/>, one call of it each.</summary>
    public void Write(StampedInput input, SpoolWriter to, Action<SpoolWriter> frame)
    {
        to.Clear();
        switch (input)
        {
            case StampedInput.Event e:
                var number = Number(e.Received.Origin, to, frame);
                WriteEvent(e, number, to);
                break;
            case StampedInput.Garbage garbage:
                Head(Kind.Garbage, garbage.Stamp, to);
                WriteGarbage(garbage.Item, to);
                break;
            case StampedInput.Activation activation:
                Head(Kind.Activation, activation.Stamp, to);
                to.Write(activation.WarmedFrom?.Micros);
                to.Write(activation.Rules.Files.Length);
                foreach (var file in activation.Rules.Files)
                {
                    to.Write(file.Path);
                    to.Write(file.Text);
                }

                break;
            case StampedInput.Command { What: OperatorCommand.Acknowledge what } command:
                Head(Kind.Acknowledge, command.Stamp, to);
                to.Write(command.Inbox);
                to.Write(what.Target);
                to.Write(what.By);
                to.Write(what.Note);
                break;
            case StampedInput.Command { What: OperatorCommand.NotUnderstood what } command:
                Head(Kind.NotUnderstood, command.Stamp, to);
                to.Write(command.Inbox);
                WriteGarbage(what.Item, to);
                break;
            default:
                throw new ArgumentException($"no input of the kind {input.GetType().Name} is spooled", nameof(input));
        }

        frame(to);
    }

    /// <summary>Reads one record.</summary>
    /// <param name="input">Null when the record was only about an origin.</param>
    /// <exception cref="InvalidDataException">It is none of ours, whatever its checksum says.</exception>
    public void Read(SpoolReader from, out StampedInput? input)
    {
        var kind = (Kind)from.ReadByte();
        if (kind == Kind.Origin)
        {
            _origins.Add(new EventOrigin(from.ReadSomeText(), from.ReadSomeText(), from.ReadText(), from.ReadSomeText(), from.ReadInt64()) { Live = from.ReadByte() != 0 });
            input = null;
            return;
        }

        var stamp = new Instant(from.ReadInt64());
        input = kind switch
        {
            Kind.Event => ReadEvent(stamp, from),
            Kind.Garbage => new StampedInput.Garbage(stamp, ReadGarbage(from)),
            Kind.Activation => ReadActivation(stamp, from),
            Kind.Acknowledge => ReadAcknowledge(stamp, from),
            Kind.NotUnderstood => ReadNotUnderstood(stamp, from),
            _ => throw new InvalidDataException($"a record of the unknown kind {(byte)kind}"),
        };
    }

    private static void Head(Kind kind, Instant stamp, SpoolWriter to)
    {
        to.Write((byte)kind);
        to.Write(stamp.Micros);
    }

    private int Number(EventOrigin origin, SpoolWriter to, Action<SpoolWriter> frame)
    {
        if (_numbers.TryGetValue(origin, out var number)) return number;
        to.Write((byte)Kind.Origin);
        to.Write(origin.Source);
        to.Write(origin.Vm);
        to.Write(origin.Host);
        to.Write(origin.Incarnation);
        to.Write(origin.Epoch);
        to.Write((byte)(origin.Live ? 1 : 0));
        frame(to);
        to.Clear();
        return _numbers[origin] = _numbers.Count;
    }

    private static void WriteEvent(StampedInput.Event e, int origin, SpoolWriter to)
    {
        var (received, message) = (e.Received, e.Received.Event);
        Head(Kind.Event, e.Stamp, to);
        to.Write(e.At.Micros);
        to.Write((byte)e.Marks);
        to.Write(e.Weight);
        to.Write(e.First?.Micros);
        to.Write(origin);
        to.Write(received.Id);
        to.Write(received.Ordinal);
        to.Write(received.ResumeAt);
        to.Write(message.Name);
        to.Write(message.EventTime?.Micros);
        to.Write((byte)(message.Altered ? 1 : 0));
        to.Write(message.Raw.Span);
        if (message.Data.Length > 0 && message.Raw.Span.Overlaps(message.Data.Span, out var at) && at >= 0 && at + message.Data.Length <= message.Raw.Length)
        {
            to.Write((byte)1);
            to.Write(at);
            to.Write(message.Data.Length);
            return;
        }

        to.Write((byte)0);
        to.Write(message.Data.Span);
    }

    private StampedInput.Event ReadEvent(Instant stamp, SpoolReader from)
    {
        var (at, marks, weight) = (new Instant(from.ReadInt64()), (EventMarks)from.ReadByte(), from.ReadInt64());
        var first = from.ReadMaybe();
        var number = from.ReadInt32();
        if (number < 0 || number >= _origins.Count) throw new InvalidDataException("a record names an origin that was not written");
        var (id, ordinal, resume) = (from.ReadGuid(), from.ReadInt64(), from.ReadMaybe());
        var (name, time, altered) = (from.ReadSomeText(), from.ReadMaybe(), from.ReadByte() != 0);
        var raw = from.ReadBytes();
        var data = from.ReadByte() == 0 ? from.ReadBytes() : Slice(raw, from.ReadInt32(), from.ReadInt32());
        var schema = QmpCatalogue.Instance.Find(name);
        var message = new QmpEvent(schema?.Name ?? name, schema, time is { } micros ? new Instant(micros) : null, data, raw, altered);
        return new StampedInput.Event(stamp, new ReceivedEvent(message, _origins[number], id, ordinal, resume), at, marks, weight) { First = first is { } since ? new Instant(since) : null };
    }

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> raw, int at, int length) =>
        at >= 0 && length >= 0 && at <= raw.Length - length ? raw.Slice(at, length) : throw new InvalidDataException("a record's data lies outside of its bytes");

    private static void WriteGarbage(Quarantined item, SpoolWriter to)
    {
        to.Write(item.Source);
        to.Write(item.Line);
        to.Write(item.Column);
        to.Write(item.Reason);
        to.Write(item.Bytes.Span);
        to.Write(item.Id);
    }

    private static Quarantined ReadGarbage(SpoolReader from) =>
        new(from.ReadSomeText(), from.ReadInt64(), from.ReadInt64(), from.ReadSomeText(), from.ReadBytes(), from.ReadGuid());

    private static StampedInput.Activation ReadActivation(Instant stamp, SpoolReader from)
    {
        var warmedFrom = from.ReadMaybe();
        var files = new RuleSetText.File[from.ReadCount()];
        for (var i = 0; i < files.Length; i++) files[i] = new RuleSetText.File(from.ReadSomeText(), from.ReadSomeText());
        return new StampedInput.Activation(stamp, new RuleSetText([.. files])) { WarmedFrom = warmedFrom is { } micros ? new Instant(micros) : null };
    }

    private static StampedInput.Command ReadAcknowledge(Instant stamp, SpoolReader from)
    {
        var inbox = from.ReadInt64();
        return new StampedInput.Command(stamp, new OperatorCommand.Acknowledge(from.ReadSomeText(), from.ReadSomeText(), from.ReadSomeText()), inbox);
    }

    private static StampedInput.Command ReadNotUnderstood(Instant stamp, SpoolReader from)
    {
        var inbox = from.ReadInt64();
        return new StampedInput.Command(stamp, new OperatorCommand.NotUnderstood(ReadGarbage(from)), inbox);
    }
}
