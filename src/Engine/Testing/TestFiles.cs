using Qualm.Engine.Configuration;

namespace Qualm.Engine.Testing;

/// <summary>Finds test files: <c>*.test.yaml</c> and <c>*.test.yml</c> of a folder and those below it.</summary>
internal static class TestFiles
{
    /// <param name="paths">Folders and files; files of any name.</param>
    /// <returns>Each file once, in ordinal order of paths within a folder.</returns>
    /// <exception cref="ConfigException">There is nothing at a path, or no test file at all.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> paths)
    {
        var found = new List<string>();
        foreach (var path in paths)
        {
            if (File.Exists(path)) found.Add(path);
            else if (Directory.Exists(path)) found.AddRange(Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsTestFile).Order(StringComparer.Ordinal));
            else throw new ConfigException($"{path}: no such file or folder; name a test file or a folder of tests");
        }

        return found.Count > 0 ? [.. found.Distinct(StringComparer.Ordinal)] : throw new ConfigException($"{string.Join(", ", paths)}: no test file (*.test.yaml) in this folder");
    }

    private static bool IsTestFile(string path) =>
        path.EndsWith(".test.yaml", StringComparison.Ordinal) || path.EndsWith(".test.yml", StringComparison.Ordinal);
}
