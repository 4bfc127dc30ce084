namespace Qualm.Ingest.Sources;

/// <summary>Whose events a file holds: the line's own word, else the operator's, else the path's part, else the file's name.</summary>
/// <param name="Vm">The operator's word; null for none.</param>
/// <param name="Host">Null when nobody said.</param>
/// <param name="Template">Its parts <c>vm</c> and <c>host</c> are looked for in the path; null for none.</param>
public sealed record FileNaming(string? Vm = null, string? Host = null, PathTemplate? Template = null)
{
    /// <summary>Names for the lines of <paramref name="path"/> that do not say themselves.</summary>
    /// <param name="path">Null for the standard input.</param>
    public FileNaming For(string? path)
    {
        var parts = path is null ? null : Template?.Fit(path)?.Parts;
        return new(Vm ?? parts?.GetValueOrDefault("vm") ?? NameOf(path), Host ?? parts?.GetValueOrDefault("host"));
    }

    private static string NameOf(string? path)
    {
        if (path is null) return "stdin";
        var name = Path.GetFileNameWithoutExtension(path);
        return name.Length > 0 ? name : Path.GetFileName(path);
    }
}
