using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>JSON values off a socket, one after the other, as QMP sends them.</summary>
internal sealed class QmpWire(Stream stream)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _count;

    /// <returns>Null at the end of the stream.</returns>
    public async Task<JsonObject?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(out var value)) return value;
            if (_count == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = await stream.ReadAsync(_buffer.AsMemory(_count), cancellationToken);
            if (read == 0) return null;
            _count += read;
        }
    }

    private bool TryTake(out JsonObject? value)
    {
        value = null;
        var reader = new Utf8JsonReader(_buffer.AsSpan(0, _count), isFinalBlock: false, default);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document)) return false;
            using (document) value = JsonNode.Parse(document.RootElement.GetRawText())!.AsObject();
        }
        catch (JsonException) when (string.IsNullOrWhiteSpace(System.Text.Encoding.UTF8.GetString(_buffer, 0, _count)))
        {
            return false;
        }

        var used = (int)reader.BytesConsumed;
        _buffer.AsSpan(used, _count - used).CopyTo(_buffer);
        _count -= used;
        return true;
    }
}
