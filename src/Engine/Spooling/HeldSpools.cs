using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>What lies in the spools of a data folder whose engine stands by, and so cannot record it.</summary>
internal sealed class HeldSpools
{
    private const int AtOnce = 16_384;

    private readonly IReadOnlyList<(string Path, long Inputs, long Bytes, Instant First)> _segments;

    private HeldSpools(IReadOnlyList<(string, long, long, Instant)> segments) => _segments = segments;

    /// <summary>Reads them as they are now. Whoever leads may take them in meanwhile, if it has the same data folder.</summary>
    public static HeldSpools Read(string root)
    {
        var segments = new List<(string, long, long, Instant)>();
        foreach (var epoch in SpoolFolder.Epochs(root))
        {
            try
            {
                // One that somebody holds is in use, by a leader that spools at present.
                using var folder = SpoolFolder.Take(root, epoch);
                foreach (var segment in folder.Segments()) segments.Add(Count(segment));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // In use, taken in, or nothing that can be counted; whoever takes it in says so.
            }
        }

        return new HeldSpools(segments);
    }

    /// <summary>What is still there: how much, and the stamp of its first input; null when there is none.</summary>
    public (long Inputs, long Bytes, Instant? Oldest) Measure()
    {
        var there = _segments.Where(s => File.Exists(s.Path)).ToArray();
        return (there.Sum(s => s.Inputs), there.Sum(s => s.Bytes), there.Length > 0 ? there.Min(s => s.First) : null);
    }

    private static (string Path, long Inputs, long Bytes, Instant First) Count(string segment)
    {
        var (reader, end) = (new SegmentReader(segment), new FileInfo(segment).Length);
        var (count, first) = (0L, Instant.MaxValue);
        do
        {
            var inputs = reader.Read(AtOnce, end, mayBeTorn: true);
            count += inputs.Count;
            foreach (var input in inputs) first = input.Stamp < first ? input.Stamp : first;
        }
        while (reader.Damage is null && reader.At < end);
        return (segment, count, end, first);
    }
}
