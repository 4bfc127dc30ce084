namespace Qualm.Projections;

/// <summary>
/// Strings made once and shared by all VMs: run states, reasons, names. Bounded, so that texts a guest makes up
/// cannot fill the memory; past the bound texts are still right, only no longer shared.
/// </summary>
internal sealed class TextTable
{
    private const int Capacity = 4096;
    private const int LongestShared = 128;

    private readonly NameIndex<string> _texts = new((text, _) => text, text => text);

    /// <summary>The shared string; null when there is none. Fast for short names of ASCII.</summary>
    public string? Find(ReadOnlySpan<byte> utf8Text) => utf8Text.IsEmpty ? "" : _texts.Find(utf8Text);

    /// <returns><paramref name="current"/> itself when it says the same; so nothing is allocated for what repeats.</returns>
    public string Keep(string current, ReadOnlySpan<char> text)
    {
        if (text.SequenceEqual(current)) return current;
        if (text.IsEmpty) return "";
        if (_texts.Find(text) is { } shared) return shared;
        return text.Length <= LongestShared && _texts.Count < Capacity ? _texts.GetOrAdd(text) : text.ToString();
    }
}
