using System.Text.Json;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>The <c>timestamp</c> member: whole seconds and microseconds, or -1 for both when QEMU's host has no clock.</summary>
internal static class Timestamp
{
    /// <summary>The last second of the year 9999.</summary>
    public const long LastSecond = 253_402_300_799;

    /// <summary>Reads the value the reader stands on and leaves it on its end.</summary>
    /// <returns>Null for whatever is not a time from 1970 to 9999.</returns>
    public static Instant? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        long seconds = -1;
        long microseconds = 0;
        while (true)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.EndObject) break;
            if (reader.ValueTextEquals("seconds"u8)) seconds = Whole(ref reader);
            else if (reader.ValueTextEquals("microseconds"u8)) microseconds = Whole(ref reader);
            else reader.Skip();
        }

        var sound = seconds is >= 0 and <= LastSecond && microseconds is >= 0 and < Instant.Second;
        return sound ? Instant.FromUnix(seconds, microseconds) : null;
    }

    private static long Whole(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value)) return value;
        reader.Skip();
        return -1;
    }
}
