namespace Qualm.Ingest.Sources;

/// <summary>Numbers byte-equal events of one VM within a file, so that each has an identity that a second import finds again.</summary>
/// <remarks>Holds 24 bytes or so for each distinct event of the file.</remarks>
internal sealed class Occurrences
{
    private readonly Dictionary<Guid, int> _counts = [];

    public Guid Next(string vm, ReadOnlySpan<byte> content)
    {
        var first = EventIds.OfImported(vm, content, 1);
        ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, first, out _);
        return ++count == 1 ? first : EventIds.OfImported(vm, content, count);
    }
}
