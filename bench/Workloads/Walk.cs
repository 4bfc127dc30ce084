using System.Text.Json;

namespace Qualm.Bench.Workloads;

/// <summary>The limit of everything that reads JSON: a bare <see cref="Utf8JsonReader"/> over each line, looking at nothing.</summary>
internal static class Walk
{
    /// <returns>Tokens read, so that nothing can be left out.</returns>
    public static long Over(EventFile file)
    {
        long tokens = 0;
        for (var rest = file.Bytes.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            var reader = new Utf8JsonReader(rest[..end]);
            while (reader.Read()) tokens++;
            rest = rest[(end + 1)..];
        }

        return tokens;
    }
}
