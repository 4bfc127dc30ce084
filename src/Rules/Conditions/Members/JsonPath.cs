using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

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
