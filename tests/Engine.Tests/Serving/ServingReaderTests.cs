using System.Net;
using Qualm.Engine.Configuration;

namespace Qualm.Engine.Tests.Serving;

public sealed class ServingReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qualm-config").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_word_it_is_loopback_and_thirty_seconds() => Read("").ShouldBe(ServingConfig.Default);

    [Theory]
    [InlineData("http: 127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("http: localhost:8080", "127.0.0.1:8080")]
    [InlineData("http: '[::1]:0'", "[::1]:0")]
    [InlineData("http: { listen: '127.0.0.1:80' }", "127.0.0.1:80")]
    [InlineData("http: { listen: '0.0.0.0:9464', remote: true }", "0.0.0.0:9464")]
    public void An_address_that_was_written_down_was_chosen(string yaml, string endpoint) =>
        Read(yaml).Http.ShouldBe(new HttpConfig.Listen(IPEndPoint.Parse(endpoint), Chosen: true));

    [Fact]
    public void It_can_be_turned_off() => Read("http: off").Http.ShouldBeOfType<HttpConfig.Off>();

    [Theory]
    [InlineData("http: 10.0.0.1:9464", "1:7: http: 10.0.0.1 can be reached from elsewhere")]
    [InlineData("http: { listen: '[::]:9464' }", "1:17: http.listen: :: can be reached from elsewhere")]
    [InlineData("http: { listen: '0.0.0.0:9464', remote: false }", "1:17: http.listen: 0.0.0.0 can be reached from elsewhere")]
    [InlineData("http: 127.0.0.1", "1:7: http: '127.0.0.1' must be an address and a port")]
    [InlineData("http: '::1'", "1:7: http: '::1' must be an address and a port")]
    [InlineData("http: metrics.example:9464", "1:7: http: 'metrics.example:9464' must be an address and a port")]
    [InlineData("http: { port: 1 }", "1:15: http.port: is not a known key; known here: listen, remote")]
    [InlineData("http: { listen: '127.0.0.1:1', remote: perhaps }", "1:40: http.remote: must be true or false")]
    [InlineData("log: xml", "1:6: log: 'xml' must be text or json")]
    [InlineData("drain: later", "1:8: drain: 'later' is not a duration")]
    [InlineData("otlp: collector", "1:7: otlp: must be an absolute http or https address")]
    [InlineData("otlp: { endpoint: 'http://c:1', protocol: soap }", "1:43: otlp.protocol: 'soap' must be grpc or http/protobuf")]
    public void A_fault_names_place_and_key(string yaml, string expected) =>
        Should.Throw<ConfigException>(() => Read(yaml)).Message.ShouldContain("qualm.yaml:" + expected);

    [Fact]
    public void The_environment_comes_before_the_file()
    {
        var config = Read("{ http: off, log: text }", ("QUALM_HTTP", "127.0.0.1:1"), ("QUALM_LOG", "json"));
        config.Http.ShouldBeOfType<HttpConfig.Listen>();
        config.JsonLog.ShouldBeTrue();
        Should.Throw<ConfigException>(() => Read("", ("QUALM_HTTP", "0.0.0.0:1"))).Message.ShouldStartWith("QUALM_HTTP: 0.0.0.0 can be reached from elsewhere");
    }

    [Fact]
    public void A_collector_is_named_in_the_file_or_as_OpenTelemetry_has_it()
    {
        Read("otlp: http://collector:4317").Otlp.ShouldBe(new OtlpConfig(new Uri("http://collector:4317"), null, null));
        Read("otlp: { endpoint: 'https://c:4318', protocol: http/protobuf, headers: { a: b, c: d } }").Otlp.ShouldBe(new OtlpConfig(new Uri("https://c:4318"), false, "a=b,c=d"));
        Read("", ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://c:1")).Otlp.ShouldBe(new OtlpConfig(null, null, null));
        Read("otlp: http://collector:4317", ("OTEL_SDK_DISABLED", "true")).Otlp.ShouldBeNull();
        Read("").Otlp.ShouldBeNull();
    }

    [Fact]
    public void The_drain_has_a_bound_of_its_own() => Read("drain: 2m").Drain.ShouldBe(TimeSpan.FromMinutes(2));

    private ServingConfig Read(string yaml, params (string Name, string Value)[] environment)
    {
        var file = Path.Combine(_folder, "qualm.yaml");
        File.WriteAllText(file, yaml);
        return ConfigReader.Read(file, new ConfigOverrides(null, null, null, []), name => environment.FirstOrDefault(v => v.Name == name).Value).Serving;
    }
}
