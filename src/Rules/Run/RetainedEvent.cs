using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>A copy of an event that must be judged or shown again later. There may be millions: it is two objects, and is saved as it lies.</summary>
internal sealed class RetainedEvent
{
    /// <summary>What one lies in, in lines of <see cref="Ahead"/>.</summary>
    public const int Lines = 2;

    // What is fetched of the bytes; the processor goes on by itself.
    private const int FirstLines = 3;

    private static readonly int SlotBytes = Unsafe.SizeOf<MemberSlot>();

    private EventSchema? _schema;
    private string _name = "";
    private VmState? _vm;
    private HostState? _host;
    private string _source = "";
    private EventMarks _marks;
    private int _slots;

    // The slots, but for those at the end that are absent, and the data behind them; there may be room left over.
    private byte[] _bytes = [];
    private int _length;

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
        _schema = from.Schema();
        _name = from.Text() ?? _schema?.Name ?? throw new StateFormatException("rules: an event without a name");
        (_vm, _host, _source) = (from.Vm(), from.Host(), from.SomeText());
        var numbers = from.Reader.ReadOne<Numbers>();
        (At, Stamp, Position, Weight, Value) = (new Instant(numbers.At), new Instant(numbers.Stamp), new Position(numbers.Position), numbers.Weight, numbers.Value);
        (_marks, _slots, _bytes) = ((EventMarks)numbers.Marks, numbers.Slots, from.Reader.ReadBytes());
        _length = _bytes.Length;
        var data = _length - ((long)_slots * SlotBytes);
        StateLoader.Check(_slots >= 0 && data >= 0, "an event has more members than bytes");
        foreach (var slot in Slots) StateLoader.CheckSlot(slot, (int)data);
    }

    public Instant At { get; private set; }

    public Instant Stamp { get; private set; }

    public Position Position { get; private set; }

    public long Weight { get; private set; }

    public long Value { get; private set; }

    private ReadOnlySpan<MemberSlot> Slots => MemoryMarshal.Cast<byte, MemberSlot>(_bytes.AsSpan(0, _slots * SlotBytes));

    /// <summary>Becomes a copy of another event.</summary>
    public void Take(in EventView e, long value)
    {
        (_schema, _name, _marks, _vm, _host, _source) = (e.Schema, e.Name, e.Marks, e.Vm, e.Host, e.Source ?? "");
        (At, Stamp, Position, Weight, Value) = (e.At, e.Stamp, e.Position, e.Weight, value);
        for (_slots = e.Slots.Length; _slots > 0 && e.Slots[_slots - 1] == default;) _slots--;
        _length = (_slots * SlotBytes) + e.Data.Length;
        if (_length > _bytes.Length) _bytes = new byte[_length];
        for (var i = 0; i < _slots; i++) Write(_bytes.AsSpan(i * SlotBytes), e.Slots[i]);
        e.Data.CopyTo(_bytes.AsSpan(_slots * SlotBytes));
    }

    /// <summary>Lets go of whom it was about.</summary>
    public void Forget() => (_vm, _host) = (null, null);

    /// <summary>Has the bytes fetched, which are saved soon.</summary>
    public void FetchBytes() => Ahead.Fetch(_bytes, FirstLines);

    public void Save(StateSaver to)
    {
        to.Write(_schema);
        to.Write(ReferenceEquals(_name, _schema?.Name) ? null : _name);
        to.Write(_vm);
        to.Write(_host);
        to.Write(_source);
        to.Writer.WriteOne(new Numbers(At.Micros, Stamp.Micros, Position.Value, Weight, Value, (int)_marks, _slots));
        to.Writer.Write(_bytes.AsSpan(0, _length));
    }

    public static RetainedEvent Load(StateLoader from) => new(from);

    /// <summary>The event again; the VM's state is the one of now.</summary>
    public EventView View() => new()
    {
        Schema = _schema,
        Name = _name,
        Data = _bytes.AsSpan(_slots * SlotBytes, _length - (_slots * SlotBytes)),
        Slots = Slots,
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

    // Member by member: what lies between them in memory is not to be saved.
    private static void Write(Span<byte> to, MemberSlot slot)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, (int)slot.Kind);
        BinaryPrimitives.WriteInt32LittleEndian(to[sizeof(int)..], slot.Start);
        BinaryPrimitives.WriteInt32LittleEndian(to[(2 * sizeof(int))..], slot.Length);
    }

    private readonly record struct Numbers(long At, long Stamp, long Position, long Weight, long Value, int Marks, int Slots);
}
