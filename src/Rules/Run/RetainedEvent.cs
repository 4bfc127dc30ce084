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

    private readonly EventSchema? _schema;
    private readonly string _name;
    private readonly VmState? _vm;
    private readonly HostState? _host;
    private readonly string _source;
    private readonly EventMarks _marks;
    private readonly int _slots;

    // The slots, but for those at the end that are absent, and the data behind them.
    private readonly byte[] _bytes;

    /// <param name="value">What the operator read off it.</param>
    public RetainedEvent(in EventView e, long value = 0)
    {
        (_schema, _name, _marks, _vm, _host, _source) = (e.Schema, e.Name, e.Marks, e.Vm, e.Host, e.Source ?? "");
        (At, Stamp, Position, Weight, Value) = (e.At, e.Stamp, e.Position, e.Weight, value);
        for (_slots = e.Slots.Length; _slots > 0 && e.Slots[_slots - 1] == default;) _slots--;
        _bytes = new byte[(_slots * SlotBytes) + e.Data.Length];
        for (var i = 0; i < _slots; i++) Write(_bytes.AsSpan(i * SlotBytes), e.Slots[i]);
        e.Data.CopyTo(_bytes.AsSpan(_slots * SlotBytes));
    }

    /// <summary>An event of which no more is left than these.</summary>
    public RetainedEvent(in EntryPool.Entry entry, VmState? vm, HostState? host)
    {
        (_name, _bytes, _source, _vm, _host) = ("", [], "", vm, host);
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
        var data = _bytes.Length - ((long)_slots * SlotBytes);
        StateLoader.Check(_slots >= 0 && data >= 0, "an event has more members than bytes");
        foreach (var slot in Slots) StateLoader.CheckSlot(slot, (int)data);
    }

    public Instant At { get; }

    public Instant Stamp { get; }

    public Position Position { get; }

    public long Weight { get; }

    public long Value { get; }

    private ReadOnlySpan<MemberSlot> Slots => MemoryMarshal.Cast<byte, MemberSlot>(_bytes.AsSpan(0, _slots * SlotBytes));

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
        to.Writer.Write(_bytes);
    }

    public static RetainedEvent Load(StateLoader from) => new(from);

    /// <summary>The event again; the VM's state is the one of now.</summary>
    public EventView View() => new()
    {
        Schema = _schema,
        Name = _name,
        Data = _bytes.AsSpan(_slots * SlotBytes),
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

    // Member by member: what lies between them in memory is not to be saved.
    private static void Write(Span<byte> to, MemberSlot slot)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, (int)slot.Kind);
        BinaryPrimitives.WriteInt32LittleEndian(to[sizeof(int)..], slot.Start);
        BinaryPrimitives.WriteInt32LittleEndian(to[(2 * sizeof(int))..], slot.Length);
    }

    private readonly record struct Numbers(long At, long Stamp, long Position, long Weight, long Value, int Marks, int Slots);
}
