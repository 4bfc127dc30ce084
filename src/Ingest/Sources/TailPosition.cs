using System.Globalization;
using Qualm.Model;

namespace Qualm.Ingest.Sources;

/// <summary>A place in a growing file that survives renaming and restarts. Its text is kept with the progress.</summary>
/// <param name="Device">Number of the device the file lies on.</param>
/// <param name="Inode">Number of the file on it.</param>
/// <param name="Offset">In bytes, from 0.</param>
/// <param name="Birth">Nanoseconds since 1970 at which the inode was made, to tell a reused number; 0 when the file system does not say.</param>
public readonly record struct TailPosition(long Device, long Inode, long Offset, long Birth = 0)
{
    /// <summary>Where to go on behind <paramref name="received"/>; null when it did not come from a growing file.</summary>
    public static TailPosition? Behind(ReceivedEvent received) =>
        received.ResumeAt is { } offset && TryParse($"{received.Origin.Incarnation}:{offset}", out var position) ? position : null;

    /// <summary>Whether both lie in one file.</summary>
    public bool SameFile(TailPosition other) =>
        Device == other.Device && Inode == other.Inode && (Birth == other.Birth || Birth == 0 || other.Birth == 0);

    /// <summary>The file without the offset, as it stands in <see cref="EventOrigin.Incarnation"/>: <c>device:inode:birth</c>.</summary>
    public string File => string.Create(CultureInfo.InvariantCulture, $"{Device}:{Inode}:{Birth}");

    /// <summary><c>device:inode:birth:offset</c>, decimal.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Device}:{Inode}:{Birth}:{Offset}");

    /// <summary>Reads the text of <see cref="ToString"/>.</summary>
    public static bool TryParse(string text, out TailPosition position)
    {
        var parts = text.Split(':');
        Span<long> numbers = stackalloc long[4];
        var ok = parts.Length == 4;
        for (var i = 0; ok && i < 4; i++)
        {
            ok = long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]);
        }

        position = ok ? new(numbers[0], numbers[1], numbers[3], numbers[2]) : default;
        return ok;
    }
}
