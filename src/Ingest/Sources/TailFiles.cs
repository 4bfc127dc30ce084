using System.Text.RegularExpressions;

namespace Qualm.Ingest.Sources;

/// <summary>A path that files are rotated away from: <c>x.log</c>, then <c>x.log.1</c> or <c>x.log-20260101</c>.</summary>
internal sealed partial class TailFiles(string path)
{
    /// <summary>The file to read first.</summary>
    /// <param name="from">Where an earlier run stopped; null for the start.</param>
    /// <param name="notice">What is remarkable about it, for people; null for nothing.</param>
    /// <returns>Null while there is no file.</returns>
    public TailLines? Open(TailPosition? from, int maxLineBytes, out string? notice)
    {
        notice = null;
        if (from is not { } at) return Open(path, 0, maxLineBytes);
        if (Position(path) is not { } now) return Open(Find(at), at.Offset, maxLineBytes);
        if (!now.Status.IsSame(at))
        {
            if (Open(Find(at), at.Offset, maxLineBytes) is { } rotated) return rotated;
            notice = "replaced while nobody looked, and the old file is not beside it; what it held at its end is lost";
            return Open(path, 0, maxLineBytes);
        }

        if (now.Status.Size >= at.Offset && EndsLine(path, at.Offset, now.Status.Size)) return Open(path, at.Offset, maxLineBytes);
        notice = $"no longer as it was up to byte {at.Offset}; it is read from its start";
        return Open(path, 0, maxLineBytes);
    }

    /// <summary>The file to read after this one has come to its end; null while it is the newest.</summary>
    public string? Next(FileStatus finished)
    {
        if (Position(path) is not { } now || now.Status.IsSame(finished)) return null;
        return Rotated()
            .Where(f => !f.Status.IsSame(finished) && !f.Status.IsSame(now.Status) && f.Status.Modified > finished.Modified)
            .OrderBy(f => f.Status.Modified)
            .Select(f => f.Path)
            .FirstOrDefault(path);
    }

    /// <returns>Null when there is no such file.</returns>
    public static TailLines? Open(string? path, long offset, int maxLineBytes)
    {
        if (path is null) return null;
        try
        {
            var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var status = FileStatus.Of(file) ?? throw new IOException($"{path} cannot be looked at");
            return new(file, new(status.Device, status.Inode, offset, status.Birth), maxLineBytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string? Find(TailPosition at) => Rotated().FirstOrDefault(f => f.Status.IsSame(at) && f.Status.Size >= at.Offset)?.Path;

    private IEnumerable<Entry> Rotated()
    {
        var folder = Path.GetDirectoryName(path)!;
        var name = Path.GetFileName(path);
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder)
            .Where(file => Path.GetFileName(file) is var other && other.StartsWith(name, StringComparison.Ordinal) && Suffix().IsMatch(other[name.Length..]))
            .Select(Position)
            .OfType<Entry>();
    }

    // A file cut and filled again beyond the offset shows at the byte before it.
    private static bool EndsLine(string path, long offset, long size)
    {
        if (offset == 0 || offset == size) return true;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> before = stackalloc byte[1];
        return RandomAccess.Read(file, before, offset - 1) == 1 && before[0] == '\n';
    }

    private static Entry? Position(string path) => FileStatus.Of(path) is { } status ? new(path, status) : null;

    [GeneratedRegex(@"^[.-][0-9][0-9T:._-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Suffix();

    private sealed record Entry(string Path, FileStatus Status);
}
