using System.Buffers;
using System.Text.Json;

namespace Qualm.Projections;

internal static class JsonBytes
{
    public static ReadOnlyMemory<byte> Of<T>(T item, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer)) write(json, item);
        return buffer.WrittenMemory;
    }
}
