using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>A copy of an event that must be judged or shown again later. Rare: what hot paths keep of an event are numbers.</summary>
internal sealed class RetainedEvent
{
    private EventSchema? _schema;
    private string _name = "";
    private byte[] _data = [];
    private int _length;
    private MemberSlot[] _slots = [];
    private int _slotCount;
    private EventMarks _marks;
    private VmState? _vm;
    private HostState? _host;
    private string _source = "";

    /// <param name="value">What the operator read off it.</param>
    public RetainedEvent(in EventView e, long value = 0) => Take(e, value);

    /// <summary>An event of which no more is left than these.</summary>
    public RetainedEvent(in EntryPool.Entry entry, VmState? vm, HostState? host)
    {
        (_vm, _host) = (vm, host);
        (At, Stamp, Position, Weight, Value) = (new Instant(entry.At), new Instant(entry.Stamp), new Position(entry.Position), entry.Weight, entry.Value);
    }

    private RetainedEvent(StateLoader from)
    {
        (_schema, _name, _marks) = (from.Schema(), from.SomeText(), (EventMarks)from.Reader.ReadByte());
        (_vm, _host, _source) = (from.Vm(), from.Host(), from.SomeText());
        _data = from.Reader.ReadBytes();
        _slots = from.Slots(_data.Length);
        (_length, _slotCount) = (_data.Length, _slots.Length);
        (At, Stamp, Position, Weight, Value) = (from.Instant(), from.Instant(), new Position(from.Long()), from.Long(), from.Long());
    }

    public Instant At { get; private set; }

    public Instant Stamp { get; private set; }

    public Position Position { get; private set; }

    public long Weight { get; private set; }

    public long Value { get; private set; }

    /// <summary>Becomes a copy of another event.</summary>
    public void Take(in EventView e, long value)
    {
        (_schema, _name, _marks, _vm, _host, _source) = (e.Schema, e.Name, e.Marks, e.Vm, e.Host, e.Source ?? "");
        if (e.Data.Length > _data.Length) _data = new byte[e.Data.Length];
        if (e.Slots.Length > _slots.Length) _slots = new MemberSlot[e.Slots.Length];
        e.Data.CopyTo(_data);
        e.Slots.CopyTo(_slots);
        (_length, _slotCount) = (e.Data.Length, e.Slots.Length);
        (At, Stamp, Position, Weight, Value) = (e.At, e.Stamp, e.Position, e.Weight, value);
    }

    /// <summary>Lets go of whom it was about.</summary>
    public void Forget() => (_vm, _host) = (null, null);

    public void Save(StateSaver to)
    {
        to.Write(_schema);
        to.Write(_name);
        to.Writer.Write((byte)_marks);
        to.Write(_vm);
        to.Write(_host);
        to.Write(_source);
        to.Writer.Write(_data.AsSpan(0, _length));
        to.Write(_slots.AsSpan(0, _slotCount));
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
        Data = _data.AsSpan(0, _length),
        Slots = _slots.AsSpan(0, _slotCount),
        At = At,
        Stamp = Stamp,
        Position = Position,
        Marks = _marks,
        Weight = Weight,
        Vm = _vm,
        Host = _host,
        Source = _source,
    };

    /// <summary>An event of which no more is left than these, to be looked at now.</summary>
    public static EventView ViewOf(scoped in EntryPool.Entry entry, VmState? vm, HostState? host) => new()
    {
        Name = "",
        At = new Instant(entry.At),
        Stamp = new Instant(entry.Stamp),
        Position = new Position(entry.Position),
        Weight = entry.Weight,
        Vm = vm,
        Host = host,
        Source = "",
    };
}
