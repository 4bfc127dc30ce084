using System.Globalization;
using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Engine.Tests.Spooling;

internal static class Some
{
    public static readonly EventOrigin Origin = new("unix:/run/a.sock", "vm-\ud800", "h", "uuid", (7L << 32) + 1) { Live = true };

    /// <summary>An event whose stamp, in microseconds, tells it from others.</summary>
    public static StampedInput.Event Event(long stamp, EventOrigin? origin = null)
    {
        var raw = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"timestamp\": {{\"seconds\": 1, \"microseconds\": 2}}, \"event\": \"STOP\", \"data\": {{\"n\": {stamp}}}}}"));
        var message = ((QmpMessage.Event)QmpDecoder.Decode(raw, QmpCatalogue.Instance)).Value;
        return new(new(stamp), new(message, origin ?? Origin, EventIds.OfText("test", $"{stamp}"), stamp, stamp % 2 == 0 ? stamp : null), new(stamp - 5), EventMarks.Folded, stamp);
    }

    public static StampedInput[] Events(long first, int count) => [.. Enumerable.Range(0, count).Select(i => Event(first + i))];

    public static string Folder() => Directory.CreateTempSubdirectory("qs-").FullName;
}
