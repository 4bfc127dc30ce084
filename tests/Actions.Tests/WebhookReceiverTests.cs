using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Qualm.Actions.Tests;

public sealed class WebhookReceiverTests : IAsyncLifetime
{
    private readonly List<(HeaderDictionary Headers, string Body)> _got = [];
    private readonly Queue<Func<HttpContext, Task>> _answers = new();
    private WebApplication _server = null!;
    private Uri _url = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1));
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);

            // A copy: the server uses its own again.
            var headers = new HeaderDictionary();
            foreach (var header in context.Request.Headers) headers.Add(header);
            _got.Add((headers, await reader.ReadToEndAsync()));
            await _answers.Dequeue()(context);
        });
        await _server.StartAsync();
        var addresses = _server.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!;
        _url = new Uri(addresses.Addresses.Single() + "/hook");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task It_posts_the_bytes_with_their_keys_and_a_signature_that_can_be_checked()
    {
        Answers(200);
        using var receiver = Receiver(_url, secret: "s3cret");
        (await receiver.DeliverAsync(Some.Delivery(attempt: 3), default)).ShouldBe(new DeliveryOutcome.Delivered());

        var (headers, body) = _got.Single();
        body.ShouldBe(Encoding.UTF8.GetString(Some.Delivery().Body.Span));
        headers["Content-Type"].ToString().ShouldStartWith("application/json");
        headers["Qualm-Delivery"].ToString().ShouldBe("d-1");
        headers["Idempotency-Key"].ToString().ShouldBe("d-1");
        headers["Qualm-Dedup-Key"].ToString().ShouldBe("e-1");
        headers["Qualm-Attempt"].ToString().ShouldBe("3");
        headers["X-Team"].ToString().ShouldBe("virt");
        var signature = headers["Qualm-Signature"].ToString();
        var time = Some.Start.ToUnixTimeSeconds();
        var hash = System.Security.Cryptography.HMACSHA256.HashData("s3cret"u8, Encoding.UTF8.GetBytes($"{time}.{body}"));
        signature.ShouldBe($"t={time},v1={Convert.ToHexStringLower(hash)}");
    }

    [Fact]
    public async Task Without_a_secret_there_is_no_signature()
    {
        Answers(204);
        using var receiver = Receiver(_url);
        (await receiver.DeliverAsync(Some.Delivery(), default)).ShouldBe(new DeliveryOutcome.Delivered());
        _got.Single().Headers.ContainsKey("Qualm-Signature").ShouldBeFalse();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    public async Task Faults_that_may_pass_are_tried_again(int status)
    {
        Answers(status, "try\nlater");
        using var receiver = Receiver(_url);
        (await receiver.DeliverAsync(Some.Delivery(), default)).ShouldBe(new DeliveryOutcome.Retry(null, $"HTTP {status}: try later"));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Refusals_are_refusals(int status)
    {
        Answers(status);
        using var receiver = Receiver(_url);
        (await receiver.DeliverAsync(Some.Delivery(), default)).ShouldBe(new DeliveryOutcome.Refused($"HTTP {status}"));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Thu, 01 Jan 2026 00:01:30 GMT", 90)]
    [InlineData("Wed, 31 Dec 2025 00:00:00 GMT", 0)]
    public async Task Retry_After_is_seconds_or_a_date(string value, int seconds)
    {
        _answers.Enqueue(context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = value;
            return Task.CompletedTask;
        });
        using var receiver = Receiver(_url);
        (await receiver.DeliverAsync(Some.Delivery(), default)).ShouldBe(new DeliveryOutcome.Retry(TimeSpan.FromSeconds(seconds), "HTTP 429"));
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        _answers.Enqueue(context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        using var receiver = Receiver(_url);
        (await receiver.DeliverAsync(Some.Delivery(), default)).ShouldBeOfType<DeliveryOutcome.Refused>().Why.ShouldContain("302");
        _got.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_long_refusal_is_cut()
    {
        Answers(400, new string('x', 1_000_000));
        using var receiver = Receiver(_url);
        (await receiver.DeliverAsync(Some.Delivery(), default)).ShouldBeOfType<DeliveryOutcome.Refused>().Why.Length.ShouldBeLessThan(300);
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_is_asked_again()
    {
        var never = new TaskCompletionSource();
        _answers.Enqueue(_ => never.Task);
        using var receiver = Receiver(_url, timeout: TimeSpan.FromMilliseconds(200), time: TimeProvider.System);
        (await receiver.DeliverAsync(Some.Delivery(), default)).ShouldBe(new DeliveryOutcome.Retry(null, "no answer within 0.2 s"));
        never.SetResult();
    }

    [Fact]
    public async Task To_be_cancelled_is_not_an_answer()
    {
        var never = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        _answers.Enqueue(_ =>
        {
            stop.Cancel();
            return never.Task;
        });
        using var receiver = Receiver(_url);
        await Should.ThrowAsync<OperationCanceledException>(() => receiver.DeliverAsync(Some.Delivery(), stop.Token));
        never.SetResult();
    }

    [Fact]
    public async Task A_closed_port_may_open_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var receiver = Receiver(new Uri($"http://127.0.0.1:{port}/"));
        (await receiver.DeliverAsync(Some.Delivery(), default)).ShouldBeOfType<DeliveryOutcome.Retry>().Why.ShouldStartWith("ConnectionError");
    }

    [Theory]
    [InlineData("BLA BLA\r\n\r\n")]
    [InlineData("")]
    [InlineData("HTTP/1.1 503 x\r\nContent-Length: 100\r\n\r\nshort")]
    public async Task Garbage_is_an_attempt_that_failed(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeAsync(listener, answer);
        using var receiver = Receiver(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        (await receiver.DeliverAsync(Some.Delivery(), default)).ShouldBeOfType<DeliveryOutcome.Retry>();
        await served;
    }

    private static async Task ServeAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        await stream.ReadAtLeastAsync(new byte[4096], 1);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        client.Client.Shutdown(SocketShutdown.Send);
    }

    private void Answers(int status, string body = "") => _answers.Enqueue(context =>
    {
        context.Response.StatusCode = status;
        return body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(body);
    });

    private static WebhookReceiver Receiver(Uri url, string? secret = null, TimeSpan? timeout = null, TimeProvider? time = null) =>
        new(
            new ReceiverConfig.Webhook(
                "page",
                url,
                secret is null ? null : new Secret(secret),
                timeout,
                ImmutableSortedDictionary<string, Secret>.Empty.Add("X-Team", new Secret("virt"))),
            time ?? new ManualTimeProvider());
}
