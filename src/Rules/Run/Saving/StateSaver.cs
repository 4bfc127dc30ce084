using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>Writes down the state of one session: VMs and hosts by their numbers; texts and kinds of events once, by their number from then on.</summary>
internal sealed class StateSaver(StateWriter writer, RuleSet set)
{
    // What is written where something is missing.
    public const int None = -1;

    private const int Recent = 1 << 14;

    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    // The very strings that were written lately, which most are: to find one by its place is cheaper than by its letters.
    private readonly (string? Text, int Number)[] _recent = new (string?, int)[Recent];
    private readonly Dictionary<EventSchema, int> _schemas = new(ReferenceEqualityComparer.Instance);

    public StateWriter Writer { get; } = writer;

    public void Write(bool value) => Writer.Write(value);

    public void Write(int value) => Writer.Write(value);

    public void Write(long value) => Writer.Write(value);

    public void Write(Instant value) => Writer.Write(value);

    public void Write(Instant? value)
    {
        Writer.Write(value is not null);
        if (value is { } time) Writer.Write(time);
    }

    public void Write(VmState? vm) => Writer.Write(vm?.Index ?? None);

    public void Write(HostState? host) => Writer.Write(host?.Index ?? None);

    public void Write(string? text)
    {
        if (text is null)
        {
            Writer.Write(None);
            return;
        }

        ref var recent = ref _recent[RuntimeHelpers.GetHashCode(text) & (Recent - 1)];
        if (ReferenceEquals(recent.Text, text))
        {
            Writer.Write(recent.Number);
            return;
        }

        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_texts, text, out var known);
        if (!known) number = _texts.Count - 1;
        recent = (text, number);
        Writer.Write(number);
        if (!known) Writer.Write(text);
    }

    /// <param name="schema">One that the set does not know, as of an event that a former rule derived, is written whole.</param>
    public void Write(EventSchema? schema)
    {
        if (schema is null)
        {
            Writer.Write(None);
            return;
        }

        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_schemas, schema, out var known);
        if (!known) number = _schemas.Count - 1;
        Writer.Write(number);
        if (known) return;
        Write(schema.Name);
        var ofSet = ReferenceEquals(set.Find(schema.Name), schema);
        Writer.Write(ofSet);
        if (!ofSet) SavedSchema.Write(this, schema);
    }

    public void Write(ImmutableArray<KeyPart> key)
    {
        Writer.Write(key.Length);
        foreach (var part in key)
        {
            Write(part.Name);
            Write(part.Value);
            Writer.Write(part.IsText);
        }
    }

    public void Write(ImmutableArray<string> texts)
    {
        Writer.Write(texts.IsDefault ? 0 : texts.Length);
        if (texts.IsDefault) return;
        foreach (var text in texts) Write(text);
    }

    public void Write(ImmutableSortedDictionary<string, string> texts)
    {
        Writer.Write(texts.Count);
        foreach (var (name, text) in texts)
        {
            Write(name);
            Write(text);
        }
    }

    public void Write(ReadOnlySpan<long> numbers) => Writer.WriteAll(numbers);

    public void Write(ImmutableArray<long> numbers) => Writer.WriteAll<long>(numbers.IsDefault ? [] : numbers.AsSpan());

    public void Write(ReadOnlySpan<MemberSlot> slots)
    {
        Writer.Write(slots.Length);
        foreach (var slot in slots)
        {
            Writer.Write((byte)slot.Kind);
            Writer.Write(slot.Start);
            Writer.Write(slot.Length);
        }
    }

    /// <summary>Says where in the state this is, so that a reader that has lost its place finds out soon.</summary>
    public void Mark(int place) => Writer.Write(Marker + place);

    internal const int Marker = 0x51000000;
}
