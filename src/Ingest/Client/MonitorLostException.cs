namespace Qualm.Ingest.Client;

/// <summary>A monitor's session is over. The message says why, for people.</summary>
/// <param name="garbage">What was received and could not be read; empty when that is not the reason.</param>
internal sealed class MonitorLostException(string message, ReadOnlyMemory<byte> garbage = default, Exception? inner = null)
    : Exception(message, inner)
{
    public ReadOnlyMemory<byte> Garbage { get; } = garbage;
}
