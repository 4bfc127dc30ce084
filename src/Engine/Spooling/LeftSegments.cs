using Microsoft.Extensions.Logging;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>The inputs of a folder that an earlier engine left, segment by segment, each once and in their order.</summary>
internal sealed class LeftSegments(SpoolFolder folder, string identity, SpoolMetrics metrics, ILogger logger)
{
    private readonly List<SpoolDamage> _damaged = [];
    private Instant _last = Instant.MinValue;

    /// <summary>What is next: inputs, or where some are missing.</summary>
    /// <param name="Damage">Null when there are inputs.</param>
    internal readonly record struct Piece(IReadOnlyList<StampedInput> Inputs, SpoolDamage? Damage);

    /// <exception cref="InvalidDataException">They are of another store.</exception>
    /// <exception cref="IOException">The disk does not give them back.</exception>
    public IEnumerable<Piece> Read(int max)
    {
        var segments = folder.Segments();
        for (var i = 0; i < segments.Count; i++)
        {
            var (reader, end) = (new SegmentReader(segments[i]), new FileInfo(segments[i]).Length);
            while (true)
            {
                var inputs = reader.Read(max, end, mayBeTorn: i == segments.Count - 1);
                if (reader.Header is { } header && header.Store != identity)
                    throw new InvalidDataException("it belongs to another store; point Qualm at that one to have it taken in, or remove it");
                inputs.RemoveAll(IsRepeated);
                if (inputs.Count > 0) yield return new Piece(inputs, null);

                if (reader.Damage is { } damage)
                {
                    if (Says(damage)) yield return new Piece([], damage);
                    break;
                }

                if (reader.At >= end) break;
            }
        }
    }

    /// <summary>Removes them, once all is committed; damaged ones are put aside.</summary>
    public void Remove()
    {
        foreach (var damage in _damaged) folder.PutAside(damage.File);
        foreach (var segment in folder.Segments()) File.Delete(segment);
    }

    // Turns that were in flight may stand there more than once, close to each other as well.
    private bool IsRepeated(StampedInput input)
    {
        if (input.Stamp <= _last) return true;
        _last = input.Stamp;
        return false;
    }

    // Whether anything is missing that anybody was told of.
    private bool Says(SpoolDamage damage)
    {
        if (damage.Torn)
        {
            Log.SpoolTorn(logger, damage.File, damage.Offset, damage.Rest.Length);
            return false;
        }

        _damaged.Add(damage);
        metrics.Damaged();
        Log.SpoolDamaged(logger, damage.File, damage.Offset, damage.Why, damage.Rest.Length, folder.AsideOf(damage.File));
        return true;
    }
}
