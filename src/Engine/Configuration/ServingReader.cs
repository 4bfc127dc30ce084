using System.Globalization;
using System.Net;

namespace Qualm.Engine.Configuration;

/// <summary>Reads the keys <c>http</c>, <c>drain</c>, <c>log</c> and <c>otlp</c>, under the environment that overrides them.</summary>
internal static class ServingReader
{
    private static readonly string[] OtlpVariables =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <param name="root">The whole file; null when there is none.</param>
    /// <param name="setting">Gives a variable of the environment; null when it is not set.</param>
    /// <exception cref="ConfigException">Something in it is wrong.</exception>
    public static ServingConfig Read(ConfigNode? root, Func<string, string?> setting) => new(
        setting("QUALM_HTTP") is { } http ? Http(http, remote: false, what => Fault("QUALM_HTTP", what)) : root?.Find("http") is { } node ? Http(node) : HttpConfig.Default,
        root?.Find("drain")?.Duration() ?? ServingConfig.DefaultDrain,
        setting("QUALM_LOG") is { } log ? Json(log, what => Fault("QUALM_LOG", what)) : root?.Find("log") is { } form && Json(form.Text, form.Fault),
        IsTrue(setting("OTEL_SDK_DISABLED")) ? null : root?.Find("otlp") is { } otlp ? Otlp(otlp) : OtlpVariables.Any(v => setting(v) is not null) ? new OtlpConfig(null, null, null) : null);

    private static HttpConfig Http(ConfigNode node)
    {
        if (node.IsScalar) return Http(node.Text, remote: false, node.Fault);
        node.Allow("listen", "remote");
        var listen = node.Require("listen");
        return Http(listen.Text, node.Find("remote") is { } remote && Flag(remote), listen.Fault);
    }

    private static HttpConfig Http(string text, bool remote, Func<string, ConfigException> fault)
    {
        if (text is "off" or "false" or "no") return new HttpConfig.Off();
        var address = text.StartsWith("localhost:", StringComparison.Ordinal) ? "127.0.0.1" + text["localhost".Length..] : text;
        if (!HasPort(address) || !IPEndPoint.TryParse(address, out var endpoint)) throw fault($"'{text}' must be an address and a port such as 127.0.0.1:9464 or [::1]:9464, or 'off'");
        return remote || IPAddress.IsLoopback(endpoint.Address)
            ? new HttpConfig.Listen(endpoint, Chosen: true)
            : throw fault($"{endpoint.Address} can be reached from elsewhere, and nothing there asks for a password: use 127.0.0.1, or say so with 'http: {{ listen: \"{endpoint}\", remote: true }}'");
    }

    // An address without a port would be read as port 0.
    private static bool HasPort(string address) =>
        address.LastIndexOf(':') is > 0 and var colon
        && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && (address[colon - 1] == ']' || !address.AsSpan(0, colon).Contains(':'));

    private static OtlpConfig Otlp(ConfigNode node)
    {
        if (node.IsScalar) return new OtlpConfig(Collector(node), null, null);
        node.Allow("endpoint", "protocol", "headers");
        bool? grpc = node.Find("protocol") is not { } protocol
            ? null
            : protocol.Text switch
            {
                "grpc" => true,
                "http/protobuf" or "http" => false,
                _ => throw protocol.Fault($"'{protocol.Text}' must be grpc or http/protobuf"),
            };
        var headers = node.Find("headers")?.Entries.Select(e => $"{e.Key}={Secrets.Resolve(e.Value)}");
        return new OtlpConfig(Collector(node.Require("endpoint")), grpc, headers is null ? null : string.Join(',', headers));
    }

    private static Uri Collector(ConfigNode node) =>
        Uri.TryCreate(Secrets.Resolve(node), UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
            ? uri
            : throw node.Fault("must be an absolute http or https address such as http://collector:4317");

    private static bool Json(string text, Func<string, ConfigException> fault) => text switch
    {
        "json" => true,
        "text" => false,
        _ => throw fault($"'{text}' must be text or json"),
    };

    private static bool Flag(ConfigNode node) => node.Text switch
    {
        "true" or "yes" => true,
        "false" or "no" => false,
        _ => throw node.Fault("must be true or false"),
    };

    private static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);

    private static ConfigException Fault(string variable, string what) => new($"{variable}: {what}");
}
