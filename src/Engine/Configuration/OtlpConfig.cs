namespace Qualm.Engine.Configuration;

/// <summary>An OpenTelemetry collector.</summary>
/// <param name="Endpoint">Null: as the variables <c>OTEL_EXPORTER_OTLP_…</c> say.</param>
/// <param name="Grpc">False: Protobuf over HTTP. Null: as the variables say, else Protobuf over HTTP for port 4318 and gRPC for all others.</param>
/// <param name="Headers">As <c>name=value,name=value</c>; null for none of its own.</param>
public sealed record OtlpConfig(Uri? Endpoint, bool? Grpc, string? Headers)
{
    /// <summary>Keeps its headers, which may be secrets, to itself.</summary>
    public override string ToString() => Endpoint?.ToString() ?? "as the environment says";
}
