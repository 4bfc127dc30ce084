using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>Places in the log that were drawn for a turn: ascending, not always one after the other.</summary>
public sealed class Positions
{
    public static readonly Positions None = new([]);

    private readonly long[] _values;

    internal Positions(long[] values) => _values = values;

    public int Count => _values.Length;

    public Position this[int index] => new(_values[index]);

    internal ReadOnlySpan<long> Values => _values;
}
