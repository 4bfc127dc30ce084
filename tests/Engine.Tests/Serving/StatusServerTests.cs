using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Engine.Configuration;
using Qualm.Engine.Serving;
using Qualm.Engine.Serving.Http;
using Qualm.Engine.Serving.Metrics;

namespace Qualm.Engine.Tests.Serving;

public sealed class StatusServerTests : IAsyncLifetime, IDisposable
{
    private readonly ServiceHealth _health = new(TimeProvider.System);
    private readonly MetricReader _metrics;
    private readonly EngineWatch _watch;
    private readonly StatusServer _server;
    private readonly HttpClient _client = new();

    public StatusServerTests()
    {
        var meters = Some.Meters();
        _metrics = new MetricReader(meters);
        _watch = new EngineWatch(_health, meters, "1.2.3", TimeProvider.System);
        _server = Server(new IPEndPoint(IPAddress.Loopback, 0), chosen: true);
    }

    public async Task InitializeAsync()
    {
        await _server.StartAsync(CancellationToken.None);
        _client.BaseAddress = new Uri(_watch.Http);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_service_that_starts_is_alive_and_not_ready()
    {
        _health.Deriving(4, 9);
        (await GetAsync("/healthz")).ShouldBe((HttpStatusCode.OK, """{"status":"alive","phase":"deriving","reasons":[]}"""));
        (await GetAsync("/readyz")).ShouldBe((HttpStatusCode.ServiceUnavailable, """{"status":"not ready","phase":"deriving","reasons":["deriving 4 of 9"]}"""));
    }

    [Fact]
    public async Task A_service_that_serves_is_ready()
    {
        _health.Ready("");
        (await GetAsync("/readyz")).ShouldBe((HttpStatusCode.OK, """{"status":"ready","phase":"ready","reasons":[]}"""));
        (await GetAsync("/metrics")).Body.ShouldContain("\nqualm_ready 1\n");
    }

    [Fact]
    public async Task Metrics_come_in_the_form_that_is_asked_for()
    {
        using var plain = await _client.GetAsync("/metrics");
        plain.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.ParseAdd("application/openmetrics-text");
        using var open = await _client.SendAsync(request);
        open.Content.Headers.ContentType!.ToString().ShouldBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
        (await open.Content.ReadAsStringAsync()).ShouldEndWith("# EOF\n");
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_nothing_can_be_written()
    {
        (await _client.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _client.PostAsync("/readyz", null)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        using var head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/healthz"));
        (head.StatusCode, (await head.Content.ReadAsByteArrayAsync()).Length).ShouldBe((HttpStatusCode.OK, 0));
    }

    [Fact]
    public async Task A_port_that_was_asked_for_and_is_taken_is_misuse()
    {
        await using var second = Server(Taken(), chosen: true);
        (await Should.ThrowAsync<ConfigException>(() => second.StartAsync(CancellationToken.None))).Message.ShouldStartWith($"http: cannot listen at {Taken()}: ");
    }

    [Fact]
    public async Task A_default_port_that_is_taken_is_logged_and_done_without()
    {
        var log = new Lines();
        await using var second = Server(Taken(), chosen: false, log);
        await second.StartAsync(CancellationToken.None);
        log.Single().ShouldStartWith("Error 6060 Health and metrics are not served: 127.0.0.1:");
    }

    private IPEndPoint Taken() => new(IPAddress.Loopback, _client.BaseAddress!.Port);

    private StatusServer Server(IPEndPoint endpoint, bool chosen, ILoggerFactory? loggers = null) =>
        new(new HttpConfig.Listen(endpoint, chosen), new StatusPages(_health, _metrics), chosen ? _watch : Some.Watch(_health), TimeProvider.System, loggers ?? NullLoggerFactory.Instance);

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(path);
        return (answer.StatusCode, (await answer.Content.ReadAsStringAsync()).TrimEnd());
    }

    /// <summary>Keeps what is logged by Qualm, a line each.</summary>
    private sealed class Lines : List<string>, ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("Qualm.", StringComparison.Ordinal) ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add($"{logLevel} {eventId.Id} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
