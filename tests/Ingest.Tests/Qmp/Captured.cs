using System.Text;

namespace Qualm.Ingest.Tests.Qmp;

/// <summary>What a monitor client received from a real QEMU 7.2.22.</summary>
internal static class Captured
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "testdata", "captures");

    public static IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*.jsonl").Order(StringComparer.Ordinal);

    public static IEnumerable<byte[]> Lines(string file) => File.ReadLines(file).Where(l => l.Length > 0).Select(Encoding.UTF8.GetBytes);

    public static IEnumerable<byte[]> Events => Files.SelectMany(Lines).Where(l => l.AsSpan().StartsWith("{\"timestamp\""u8));
}
