using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>Takes up what a <see cref="StateSaver"/> wrote.</summary>
/// <param name="vms">By <see cref="VmState.Index"/>.</param>
/// <param name="hosts">By <see cref="HostState.Index"/>.</param>
internal sealed class StateLoader(StateReader reader, RuleSet set, Func<int, VmState> vms, Func<int, HostState> hosts)
{
    private readonly List<string> _texts = [];
    private readonly List<EventSchema> _schemas = [];

    public StateReader Reader { get; } = reader;

    /// <exception cref="StateFormatException">It does not hold.</exception>
    public static void Check(bool holds, string what)
    {
        if (!holds) throw new StateFormatException($"rules: {what}");
    }

    public bool Bool() => Reader.ReadBool();

    public int Int() => Reader.ReadInt32();

    public long Long() => Reader.ReadInt64();

    public Instant Instant() => Reader.ReadInstant();

    public Instant? SomeInstant() => Reader.ReadBool() ? Reader.ReadInstant() : null;

    /// <summary>A number from 0 up to, but not, a bound.</summary>
    public int Index(int bound)
    {
        var index = Reader.ReadInt32();
        Check((uint)index < (uint)bound, $"number {index} where there are {bound}");
        return index;
    }

    public VmState? Vm() => Reader.ReadInt32() is var index && index == StateSaver.None ? null : VmAt(index);

    public VmState VmAt(int index)
    {
        var vm = Numbered(vms, index, "VM");
        Check(vm.Index == index, $"VM {index} is found as {vm.Index}");
        return vm;
    }

    public HostState? Host()
    {
        var index = Reader.ReadInt32();
        if (index == StateSaver.None) return null;
        var host = Numbered(hosts, index, "host");
        Check(host.Index == index, $"host {index} is found as {host.Index}");
        return host;
    }

    public string? Text()
    {
        var number = Reader.ReadInt32();
        if (number == StateSaver.None) return null;
        if (number == _texts.Count) _texts.Add(Reader.ReadSomeText());
        Check((uint)number < (uint)_texts.Count, $"text {number} of {_texts.Count}");
        return _texts[number];
    }

    public string SomeText() => Text() ?? throw new StateFormatException("rules: text is missing");

    public EventSchema? Schema()
    {
        var number = Reader.ReadInt32();
        if (number == StateSaver.None) return null;
        if (number == _schemas.Count)
        {
            var name = SomeText();
            var schema = Reader.ReadBool() ? set.Find(name) : SavedSchema.Read(this, name);
            _schemas.Add(schema ?? throw new StateFormatException($"rules: there is no event {name}"));
        }

        Check((uint)number < (uint)_schemas.Count, $"kind {number} of {_schemas.Count} kinds of events");
        return _schemas[number];
    }

    public ImmutableArray<KeyPart> Key()
    {
        var parts = new KeyPart[Reader.ReadCount(9)];
        for (var i = 0; i < parts.Length; i++) parts[i] = new KeyPart(SomeText(), SomeText(), Reader.ReadBool());
        return [.. parts];
    }

    public ImmutableArray<string> Texts()
    {
        var texts = new string[Reader.ReadCount(sizeof(int))];
        for (var i = 0; i < texts.Length; i++) texts[i] = SomeText();
        return [.. texts];
    }

    public ImmutableSortedDictionary<string, string> NamedTexts()
    {
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (var left = Reader.ReadCount(8); left > 0; left--) texts[SomeText()] = SomeText();
        return texts.ToImmutable();
    }

    public ImmutableArray<long> Numbers() => [.. Reader.ReadAll<long>()];

    /// <param name="length">Of the data that they lie in.</param>
    public MemberSlot[] Slots(int length)
    {
        var slots = new MemberSlot[Reader.ReadCount(9)];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = new MemberSlot((SlotKind)Reader.ReadByte(), Reader.ReadInt32(), Reader.ReadInt32());
            CheckSlot(slots[i], length);
        }

        return slots;
    }

    /// <exception cref="StateFormatException">It does not lie in data of that length.</exception>
    public static void CheckSlot(MemberSlot slot, int length)
    {
        var (kind, start, size) = slot;
        Check(kind <= SlotKind.Object && start >= 0 && size >= 0 && (long)start + size <= length, "a value lies outside of its data");
    }

    public T Enum<T>()
        where T : struct, Enum
    {
        var value = System.Runtime.CompilerServices.Unsafe.BitCast<int, T>(Reader.ReadInt32());
        Check(System.Enum.IsDefined(value), $"{value} is no {typeof(T).Name}");
        return value;
    }

    public void Mark(int place) => Check(Reader.ReadInt32() == StateSaver.Marker + place, $"part {place} is not where it should be");

    private static T Numbered<T>(Func<int, T> all, int index, string what)
    {
        try
        {
            return all(index) ?? throw new StateFormatException($"rules: there is no {what} {index}");
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or KeyNotFoundException)
        {
            throw new StateFormatException($"rules: there is no {what} {index}");
        }
    }
}
