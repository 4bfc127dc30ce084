using System.Globalization;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Engine.Configuration;

/// <summary>Finds and reads rule files: <c>*.yaml</c> and <c>*.yml</c> of a folder and those below it, tests left out.</summary>
internal static class RuleFiles
{
    /// <param name="path">A folder, or one file.</param>
    /// <exception cref="ConfigException">There is nothing at the path, or no rule file in the folder.</exception>
    public static RuleSetText Read(string path)
    {
        if (File.Exists(path)) return RuleSetText.Of([new RuleSetText.File(Path.GetFileName(path), ReadText(path))]);
        if (!Directory.Exists(path)) throw new ConfigException($"{path}: no such file or folder; name your rules with --rules or the key 'rules'");
        var set = RuleSetText.Of(Find(path)
            .Select(file => new RuleSetText.File(Path.GetRelativePath(path, file).Replace(Path.DirectorySeparatorChar, '/'), ReadText(file))));
        return set.Files.IsEmpty ? throw new ConfigException($"{path}: no rule file (*.yaml) in this folder") : set;
    }

    /// <summary>Text that is another one when a file of the set was added, taken away or written to; empty when the files cannot be looked at.</summary>
    /// <param name="path">What <see cref="Read"/> is given.</param>
    public static string Fingerprint(string path)
    {
        try
        {
            IEnumerable<string> files = File.Exists(path) ? [path] : Find(path).Order(StringComparer.Ordinal);
            return string.Join('\n', files.Select(f => new FileInfo(f)).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.FullName} {f.Length} {f.LastWriteTimeUtc.Ticks}")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Where a file of the set lies, for people: as they named the folder, so that they can open it.</summary>
    /// <param name="path">What <see cref="Read"/> was given.</param>
    public static Diagnostic Locate(Diagnostic diagnostic, string path) =>
        diagnostic with { Span = diagnostic.Span with { File = File.Exists(path) ? path : Path.Combine(path, diagnostic.Span.File) } };

    // No database takes it into a text, and an activation records the rules.
    private static string ReadText(string file) =>
        File.ReadAllText(file) is var text && text.Contains('\0') ? throw new ConfigException($"{file}: holds a NUL character, so it is no text") : text;

    private static IEnumerable<string> Find(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsRuleFile);

    private static bool IsRuleFile(string path) =>
        Path.GetExtension(path) is ".yaml" or ".yml" && !Path.GetFileNameWithoutExtension(path).EndsWith(".test", StringComparison.Ordinal);
}
