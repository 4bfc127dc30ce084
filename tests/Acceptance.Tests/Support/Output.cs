using System.Buffers;
using System.Text;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>What a process has written so far to one of its streams. Grows while the process runs.</summary>
internal sealed class Output
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Lock _lock = new();

    /// <summary>Everything, as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    public byte[] Bytes
    {
        get
        {
            lock (_lock) return _bytes.WrittenSpan.ToArray();
        }
    }

    /// <summary>Lines that are not empty.</summary>
    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Copies a stream in until it ends.</summary>
    public async Task FillAsync(Stream from)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_lock) _bytes.Write(buffer.AsSpan(0, count));
        }
    }
}
