namespace Qualm.Projections;

/// <summary>
/// Strings made once and shared by all VMs: run states, reasons, names. Bounded, so that texts a guest makes up
/// cannot fill the memory; past the bound texts are still right, only no longer shared.
/// </summary>
internal sealed class TextTable
{
    private const int Capacity = 4096;
    private const int LongestShared = 128;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public TextTable() => _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <returns><paramref name="current"/> itself when it says the same; so nothing is allocated for what repeats.</returns>
    public string Keep(string current, ReadOnlySpan<char> text)
    {
        if (text.SequenceEqual(current)) return current;
        if (text.IsEmpty) return "";
        if (_lookup.TryGetValue(text, out var shared)) return shared;
        var made = text.ToString();
        if (made.Length <= LongestShared && _texts.Count < Capacity) _texts.Add(made);
        return made;
    }
}
