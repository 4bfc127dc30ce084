using Qualm.Bench.Workloads;
using Qualm.Ingest.Documents;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Bench.Decoding;

/// <summary>The two ways in which events are decoded in place: line by line, and out of a file.</summary>
internal static class DecodeLoops
{
    /// <exception cref="InvalidOperationException">A line is no event.</exception>
    public static void Lines(EventFile file, MemberSlot[] slots)
    {
        for (var rest = file.Bytes.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            if (!EventDecoder.TryDecode(rest[..end], QmpCatalogue.Instance, slots, out var decoded)) throw new InvalidOperationException(decoded.Error);
            rest = rest[(end + 1)..];
        }
    }

    /// <exception cref="InvalidOperationException">Not as many events as there should be.</exception>
    public static async Task DocumentAsync(EventFile file)
    {
        var events = 0;
        using var stream = new MemoryStream(file.Bytes, writable: false);
        var reader = new DocumentReader(stream, QmpCatalogue.Instance);
        while (await reader.FillAsync())
        {
            while (reader.TryRead(out var item))
            {
                if (item.Kind == DocumentItemKind.Event) events++;
            }
        }

        if (events != file.Count) throw new InvalidOperationException($"{events} events of {file.Count}");
    }
}
