namespace Qualm.Rules.Cel;

/// <summary>A map value. Immutable; keys keep the order in which they were written.</summary>
internal sealed class CelMap
{
    // Under this many keys a walk is faster than hashing.
    private const int IndexFrom = 8;

    private readonly CelValue[] _keys;
    private readonly CelValue[] _values;
    private readonly Dictionary<CelValue, int>? _index;

    private CelMap(CelValue[] keys, CelValue[] values, Dictionary<CelValue, int>? index)
    {
        _keys = keys;
        _values = values;
        _index = index;
    }

    public static readonly CelMap Empty = new([], [], null);

    public int Count => _keys.Length;

    public ReadOnlySpan<CelValue> Keys => _keys;

    public ReadOnlySpan<CelValue> Values => _values;

    /// <summary>Builds a map from keys and values of equal number, which it owns from now on.</summary>
    /// <param name="lastWins">Whether a repeated key replaces the earlier one, as in JSON, or is an error.</param>
    public static CelError? TryCreate(CelValue[] keys, CelValue[] values, bool lastWins, out CelMap map)
    {
        map = Empty;
        foreach (var key in keys)
        {
            if (key.Kind is not (CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.String)) return CelError.KeyType;
        }

        var index = new Dictionary<CelValue, int>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            if (index.TryAdd(keys[i], i)) continue;
            if (!lastWins) return CelError.RepeatedKey;
            values[index[keys[i]]] = values[i];
        }

        if (index.Count < keys.Length)
        {
            var kept = index.Values.Order().ToArray();
            keys = [.. kept.Select(i => keys[i])];
            values = [.. kept.Select(i => values[i])];
            for (var i = 0; i < keys.Length; i++) index[keys[i]] = i;
        }

        map = new CelMap(keys, values, keys.Length < IndexFrom ? null : index);
        return null;
    }

    public static CelMap Of(params ReadOnlySpan<(string Key, CelValue Value)> entries)
    {
        var keys = new CelValue[entries.Length];
        var values = new CelValue[entries.Length];
        for (var i = 0; i < entries.Length; i++) (keys[i], values[i]) = (CelValue.Of(entries[i].Key), entries[i].Value);
        return TryCreate(keys, values, lastWins: true, out var map) is { } error ? throw new ArgumentException(error.Message, nameof(entries)) : map;
    }

    public bool TryGet(CelValue key, out CelValue value)
    {
        var at = Find(key);
        value = at < 0 ? default : _values[at];
        return at >= 0;
    }

    public bool TryGet(string key, out CelValue value) => TryGet(CelValue.Of(key), out value);

    public bool EqualTo(CelMap other)
    {
        if (Count != other.Count) return false;
        for (var i = 0; i < _keys.Length; i++)
        {
            if (!other.TryGet(_keys[i], out var value) || !value.Equals(_values[i])) return false;
        }

        return true;
    }

    private int Find(CelValue key)
    {
        if (_index is not null) return _index.TryGetValue(key, out var found) ? found : -1;
        for (var i = 0; i < _keys.Length; i++)
        {
            if (_keys[i].Equals(key)) return i;
        }

        return -1;
    }
}
