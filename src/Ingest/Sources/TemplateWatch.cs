namespace Qualm.Ingest.Sources;

/// <summary>
/// Finds the paths that fit a template, again and again, at little cost while they stay the same: a folder is listed when the
/// time at which it was changed is another, and every half minute anyway, for file systems that do not tell.
/// </summary>
internal sealed class TemplateWatch(PathTemplate template, TimeProvider time)
{
    private readonly WatchedFolder _root = new(template.Top, 0);

    /// <summary>The paths that exist and are not known, in ordinal order.</summary>
    public IEnumerable<PathTemplate.Match> FindNew(Func<string, bool> isKnown)
    {
        var found = new List<PathTemplate.Match>();
        _root.Find(template.Segments.AsSpan(), isKnown, found, time);
        return found.OrderBy(match => match.Path, StringComparer.Ordinal);
    }
}
