namespace Qualm.Projections.Tests;

/// <summary>What monitors of real QEMU sent.</summary>
internal static class Captures
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "testdata", "captures");

    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.jsonl").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    public static IEnumerable<byte[]> Lines(string name) =>
        File.ReadLines(Path.Combine(Folder, name)).Select(System.Text.Encoding.UTF8.GetBytes);
}
