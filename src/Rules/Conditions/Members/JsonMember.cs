using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A path into the data of an event the catalogue does not know; found by reading the JSON each time.</summary>
internal sealed class JsonMember(string path, int step, ImmutableArray<string> names) : CelMember<EvalContext>(path, CelType.Dyn), IWholeData
{
    public int Step => step;

    public override CelMember<EvalContext> Find(string name) => new JsonMember($"{Path}.{name}", step, names.Add(name));

    public override CelNode<EvalContext> Read(CelSpan span) => new JsonNode(span, CelType.Dyn, step, names) { Member = this };

    public override CelNode<EvalContext> Test(CelSpan span) => new JsonPresenceNode(span, step, names) { Member = this };
}

/// <summary>Reads a value out of the JSON of an event's data.</summary>
internal sealed class JsonNode(CelSpan span, CelType type, int step, ImmutableArray<string> names) : CelNode<EvalContext>(span, type)
{
    private readonly JsonPath _path = new(step, names);

    public override CelValue Value(ref EvalContext context, ref CelState state)
    {
        _path.TryFind(ref context, ref state, out var value);
        return value;
    }
}

/// <summary>Whether a path leads anywhere in the JSON of an event's data.</summary>
internal sealed class JsonPresenceNode(CelSpan span, int step, ImmutableArray<string> names) : BoolNode<EvalContext>(span)
{
    private readonly JsonPath _path = new(step, names);

    public override bool Bool(ref EvalContext context, ref CelState state)
    {
        var found = _path.TryFind(ref context, ref state, out _);

        // That the last name is missing is the answer; that one before it is missing is an error.
        if (!found && ReferenceEquals(state.Error, _path.LastMissing)) state.Error = null;
        return found;
    }
}

/// <summary>Names to follow from the data of an event inwards; underscores stand for hyphens too.</summary>
internal sealed class JsonPath
{
    private readonly EventSource _source;
    private readonly int _step;
    private readonly (byte[] Utf8, CelError Missing)[] _names;

    public JsonPath(int step, ImmutableArray<string> names)
    {
        _source = new EventSource(step);
        _step = step;
        _names = [.. names.Select(n => (Encoding.UTF8.GetBytes(n), CelError.NoSuchKey(CelValue.Of(n))))];
    }

    public CelError? LastMissing => _names.Length == 0 ? null : _names[^1].Missing;

    public bool TryFind(ref EvalContext context, ref CelState state, out CelValue value)
    {
        value = default;
        if (!_source.TryGet(ref context, out _, out var data, out _))
        {
            state.Error = EventSource.Missing(_step);
            return false;
        }

        if (data.IsEmpty) data = "{}"u8;
        if (!state.Spend(data.Length)) return false;
        try
        {
            var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = CelJson.MaxDepth });
            reader.Read();
            state.Error = Walk(ref reader);
            if (!state.Failed) value = CelJson.Read(ref reader);
        }
        catch (JsonException)
        {
            state.Error = CelError.NoSuchOverload;
        }

        return !state.Failed;
    }

    private CelError? Walk(ref Utf8JsonReader reader)
    {
        foreach (var (utf8, missing) in _names)
        {
            if (reader.TokenType != JsonTokenType.StartObject) return CelError.NoSuchOverload;
            var start = reader;
            if (!TryMember(ref reader, utf8, loose: false))
            {
                reader = start;
                if (!TryMember(ref reader, utf8, loose: true)) return missing;
            }
        }

        return null;
    }

    private static bool TryMember(ref Utf8JsonReader reader, byte[] name, bool loose)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var same = loose ? LooselyEqual(reader.ValueSpan, name) : reader.ValueTextEquals(name);
            reader.Read();
            if (same) return true;
            reader.Skip();
        }

        return false;
    }

    private static bool LooselyEqual(ReadOnlySpan<byte> written, ReadOnlySpan<byte> name)
    {
        if (written.Length != name.Length) return false;
        for (var i = 0; i < name.Length; i++)
        {
            if (written[i] != name[i] && !(written[i] == '-' && name[i] == '_')) return false;
        }

        return true;
    }
}
