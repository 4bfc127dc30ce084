using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Ingest.Client;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Tests;

/// <summary>Builders of what tests need and do not care about.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static IngestMetrics Metrics() => new(new Meters());

    public static string Line(string name, Instant? time = null, string? vm = null)
    {
        var stamp = time is { } t
            ? $$"""{"seconds": {{Math.DivRem(t.Micros, Instant.Second, out var micros)}}, "microseconds": {{micros}}}"""
            : """{"seconds": -1, "microseconds": -1}""";
        return $$"""{"timestamp": {{stamp}}, "event": "{{name}}"{{(vm is null ? "" : $", \"vm\": \"{vm}\"")}}}""";
    }

    public static QmpEvent Event(string name = "STOP", Instant? time = null) =>
        ((QmpMessage.Event)QmpDecoder.Decode(Encoding.UTF8.GetBytes(Line(name, time)), QmpCatalogue.Instance)).Value;

    public static EventOrigin Origin(string vm = "a", bool live = false) => new("test:" + vm, vm, null, "1", 1) { Live = live };

    public static ReceivedEvent Received(EventOrigin origin, string name = "STOP", Instant? time = null, long n = 1) =>
        new(Event(name, time), origin, EventIds.OfConnection(origin.Vm, 1, 1, n), n);

    public static MonitorContext Context(TimeProvider time, QmpClientOptions? options = null) => new(
        options ?? new(), new(7), new(), new(new Random(1)), time, Metrics(), NullLogger.Instance);

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
