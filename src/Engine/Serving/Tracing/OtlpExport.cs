using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Qualm.Engine.Configuration;

namespace Qualm.Engine.Serving.Tracing;

/// <summary>Sends traces and metrics to an OpenTelemetry collector. Made only where one is configured; without it nothing listens, and nothing is traced.</summary>
internal sealed class OtlpExport(OtlpConfig config, string version) : IHostedService, IDisposable
{
    /// <summary>How long the end of the service waits for a collector.</summary>
    private const int PartingMilliseconds = 2_000;

    /// <summary>The port that collectors keep for Protobuf over HTTP.</summary>
    private const int HttpPort = 4318;

    /// <summary>Turns come by the thousand: so many a second tell what they take.</summary>
    private const int TracesASecond = 20;

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault()
            .AddService("qualm", serviceVersion: version, serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}")
            .AddEnvironmentVariableDetector();
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("Qualm.*").AddOtlpExporter(o => Configure(o, "v1/traces"));
        if (Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER") is null) traces.SetSampler(new ParentBasedSampler(new RateSampler(TracesASecond, TimeProvider.System)));
        _traces = traces.Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter("Qualm.*", "System.Runtime").AddOtlpExporter(o => Configure(o, "v1/metrics")).Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.Run(() => (_traces?.Shutdown(PartingMilliseconds), _metrics?.Shutdown(PartingMilliseconds)), CancellationToken.None);

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    // An endpoint that is set is taken as it is, so the path of the signal is to be added for HTTP.
    private void Configure(OtlpExporterOptions options, string path)
    {
        if (config.Headers is { } headers) options.Headers = headers;
        if (config.Endpoint is not { } endpoint) return;
        var protocol = config.Grpc switch
        {
            true => OtlpExportProtocol.Grpc,
            false => OtlpExportProtocol.HttpProtobuf,
            _ when Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") is not null => options.Protocol,
            _ => endpoint.Port == HttpPort ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
        };
        options.Protocol = protocol;
        options.Endpoint = protocol == OtlpExportProtocol.HttpProtobuf ? new Uri($"{endpoint.ToString().TrimEnd('/')}/{path}") : endpoint;
    }
}
