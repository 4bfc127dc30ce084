namespace Qualm.Ingest.Sources;

/// <summary>A folder on the way of a template, with what was found in it when it was listed last.</summary>
/// <param name="depth">The segment of the template that its entries are to fit.</param>
internal sealed class WatchedFolder(PathTemplate.Match at, int depth)
{
    // Two changes may bear one time: file systems count in steps of up to two seconds.
    private const int LooksToTrust = 3;

    private static readonly TimeSpan ListEvery = TimeSpan.FromSeconds(30);

    // Only paths of what may be thousands: what their parts stand for is read off once they are asked for.
    private HashSet<string> _ends = new(StringComparer.Ordinal);
    private Dictionary<string, WatchedFolder> _folders = new(StringComparer.Ordinal);
    private string? _real;
    private DateTime _changed;
    private long _listed;
    private int _looks;

    public void Find(ReadOnlySpan<PathTemplate.Segment> segments, Func<string, bool> isKnown, List<PathTemplate.Match> found, TimeProvider time)
    {
        var (segment, last) = (segments[depth], depth == segments.Length - 1);
        if (segment.IsPattern && MustList(time)) List(segment, last, time);
        if (!segment.IsPattern && _ends.Count + _folders.Count == 0) Take(segment.Literal(at), last);
        foreach (var folder in _folders.Values) folder.Find(segments, isKnown, found, time);
        foreach (var path in _ends)
        {
            if (!isKnown(path) && (segment.IsPattern || Path.Exists(path)) && segment.Take(at, Path.GetFileName(path)) is { } match)
                found.Add(match with { Path = path });
        }
    }

    private bool MustList(TimeProvider time)
    {
        var changed = Directory.GetLastWriteTimeUtc(_real ?? at.Path);
        _looks = changed == _changed ? _looks + 1 : 0;
        _changed = changed;
        return _looks < LooksToTrust || time.GetElapsedTime(_listed) >= ListEvery;
    }

    // What was known stays as it is, with all that was found below it.
    private void List(PathTemplate.Segment segment, bool last, TimeProvider time)
    {
        var (ends, folders) = (_ends, _folders);
        (_ends, _folders) = (new(ends.Count, StringComparer.Ordinal), new(folders.Count, StringComparer.Ordinal));
        _listed = time.GetTimestamp();
        try
        {
            // The time of a link is its own.
            _real = new DirectoryInfo(at.Path).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            foreach (var path in last ? Directory.EnumerateFileSystemEntries(at.Path) : Directory.EnumerateDirectories(at.Path))
            {
                if (ends.TryGetValue(path, out var known)) _ends.Add(known);
                else if (folders.TryGetValue(path, out var folder)) _folders.Add(path, folder);
                else if (segment.Take(at, Path.GetFileName(path)) is { } match) Take(match, last);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or not for us to read; looked at again next time.
            _looks = 0;
            _changed = default;
        }
    }

    private void Take(PathTemplate.Match match, bool last)
    {
        if (last) _ends.Add(match.Path);
        else _folders[match.Path] = new(match, depth + 1);
    }
}
