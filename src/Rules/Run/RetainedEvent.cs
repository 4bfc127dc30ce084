using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>A copy of an event that must be judged or shown again later. Rare: what hot paths keep of an event are numbers.</summary>
internal sealed class RetainedEvent
{
    private readonly EventSchema? _schema;
    private readonly string _name;
    private readonly byte[] _data;
    private readonly MemberSlot[] _slots;
    private readonly EventMarks _marks;
    private readonly VmState? _vm;
    private readonly HostState? _host;
    private readonly string _source;

    /// <param name="value">What the operator read off it.</param>
    public RetainedEvent(in EventView e, long value = 0)
    {
        (_schema, _name, _marks, _vm, _host, _source) = (e.Schema, e.Name, e.Marks, e.Vm, e.Host, e.Source ?? "");
        (_data, _slots) = (e.Data.ToArray(), e.Slots.ToArray());
        (At, Stamp, Position, Weight, Value) = (e.At, e.Stamp, e.Position, e.Weight, value);
    }

    /// <summary>An event of which no more is left than these.</summary>
    public RetainedEvent(in EntryPool.Entry entry, VmState? vm, HostState? host)
    {
        (_name, _data, _slots, _source, _vm, _host) = ("", [], [], "", vm, host);
        (At, Stamp, Position, Weight, Value) = (new Instant(entry.At), new Instant(entry.Stamp), new Position(entry.Position), entry.Weight, entry.Value);
    }

    private RetainedEvent(StateLoader from)
    {
        (_schema, _name, _marks) = (from.Schema(), from.SomeText(), (EventMarks)from.Reader.ReadByte());
        (_vm, _host, _source) = (from.Vm(), from.Host(), from.SomeText());
        _data = from.Reader.ReadBytes();
        _slots = from.Slots(_data.Length);
        (At, Stamp, Position, Weight, Value) = (from.Instant(), from.Instant(), new Position(from.Long()), from.Long(), from.Long());
    }

    public Instant At { get; }

    public Instant Stamp { get; }

    public Position Position { get; }

    public long Weight { get; }

    public long Value { get; }

    public void Save(StateSaver to)
    {
        to.Write(_schema);
        to.Write(_name);
        to.Writer.Write((byte)_marks);
        to.Write(_vm);
        to.Write(_host);
        to.Write(_source);
        to.Writer.Write(_data);
        to.Write(_slots);
        to.Write(At);
        to.Write(Stamp);
        to.Write(Position.Value);
        to.Write(Weight);
        to.Write(Value);
    }

    public static RetainedEvent Load(StateLoader from) => new(from);

    /// <summary>The event again; the VM's state is the one of now.</summary>
    public EventView View() => new()
    {
        Schema = _schema,
        Name = _name,
        Data = _data,
        Slots = _slots,
        At = At,
        Stamp = Stamp,
        Position = Position,
        Marks = _marks,
        Weight = Weight,
        Vm = _vm,
        Host = _host,
        Source = _source,
    };
}
