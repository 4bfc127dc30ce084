using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Qualm.Actions.Tests;

public class ReceiverTests
{
    private static readonly ImmutableSortedDictionary<string, Secret> NoHeaders = ImmutableSortedDictionary<string, Secret>.Empty;

    [Fact]
    public async Task The_log_receiver_writes_one_structured_line_a_message()
    {
        var logger = new Lines();
        var outcome = await new LogReceiver("log", logger).DeliverAsync(Some.Delivery(), default);
        outcome.ShouldBe(new DeliveryOutcome.Delivered());
        var (id, line, values) = logger.Written.ShouldHaveSingleItem();
        id.ShouldBe(5000);
        line.ShouldStartWith("log: firing warning A: s (episode e-1, delivery d-1) {");
        values["Alert"].ShouldBe("A");
        values["Payload"].ShouldBe("""{"alert":"A","severity":"warning","summary":"s"}""");
    }

    [Fact]
    public void A_good_configuration_has_no_problems() => Webhook("https://pager.example/hook").Problems().ShouldBeEmpty();

    [Theory]
    [InlineData("ftp://x/", null, "url: must be an absolute http or https address")]
    [InlineData("/hook", null, "url: must be an absolute http or https address")]
    [InlineData("http://x/", "", "secret: is empty; leave it out to send no signature")]
    public void What_is_wrong_is_said_with_its_key(string url, string? secret, string problem) =>
        Webhook(url, secret).Problems().ShouldBe([problem]);

    [Theory]
    [InlineData("Qualm-Signature", "x", "headers.Qualm-Signature: is set by Qualm itself")]
    [InlineData("a b", "x", "headers.a b: is not a header's name")]
    [InlineData("X-A", "x\r\nY: z", "headers.X-A: its value has a line break")]
    public void Headers_are_checked(string name, string value, string problem) =>
        (Webhook("http://x/") with { Headers = NoHeaders.Add(name, new Secret(value)) }).Problems().ShouldBe([problem]);

    [Fact]
    public void Secrets_do_not_show() => Webhook("http://x/", "s3cret").ToString().ShouldNotContain("s3cret");

    [Fact]
    public void A_set_makes_each_receiver_once()
    {
        using var set = ReceiverSet.Of([new ReceiverConfig.Log("log"), Webhook("http://x/")], TimeProvider.System, NullLoggerFactory.Instance);
        set.All.Select(r => r.Name).ShouldBe(["log", "hook"]);
        Should.Throw<ArgumentException>(() => ReceiverSet.Of(
            [new ReceiverConfig.Log("a"), new ReceiverConfig.Log("a")], TimeProvider.System, NullLoggerFactory.Instance));
        Should.Throw<ArgumentException>(() => ReceiverSet.Of([Webhook("ftp://x/")], TimeProvider.System, NullLoggerFactory.Instance))
            .Message.ShouldStartWith("receivers.hook.url: ");
    }

    private static ReceiverConfig.Webhook Webhook(string url, string? secret = null) =>
        new("hook", new Uri(url, UriKind.RelativeOrAbsolute), secret is null ? null : new Secret(secret), null, NoHeaders);

    private sealed class Lines : ILogger<LogReceiver>
    {
        public List<(int Id, string Line, Dictionary<string, object?> Values)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((
                eventId.Id,
                formatter(state, exception),
                ((IEnumerable<KeyValuePair<string, object?>>)state!).ToDictionary(p => p.Key, p => p.Value)));
    }
}
