using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>Receives pages over HTTP on loopback, and may answer badly.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    /// <summary>An answer that never comes.</summary>
    public const int Silence = 0;

    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ReceivedPage> _received = [];
    private readonly Lock _lock = new();

    private PageServer(WebApplication app) => _app = app;

    /// <summary>HTTP status for the page that is the n-th message, from 1; <see cref="Silence"/> for none. Default: 202, always.</summary>
    public Func<int, int> Answer { get; set; } = _ => 202;

    /// <summary>The same by the path that was posted to; asked first. Null leaves it to <see cref="Answer"/>.</summary>
    public Func<string, int?> AnswerTo { get; set; } = _ => null;

    /// <summary>Where pages go: add any path.</summary>
    public string Address => _app.Urls.First();

    /// <summary>All messages in order of arrival, repeats and refused ones included.</summary>
    public IReadOnlyList<ReceivedPage> Received
    {
        get
        {
            lock (_lock) return [.. _received];
        }
    }

    /// <summary>What was accepted.</summary>
    public IReadOnlyList<ReceivedPage> Delivered => [.. Received.Where(p => p.IsDelivered)];

    public static async Task<PageServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var server = new PageServer(app);
        app.MapPost("/{**path}", server.ReceiveAsync);
        await app.StartAsync();
        return server;
    }

    public IReadOnlyList<ReceivedPage> Of(string alert, string transition) => [.. Delivered.Where(p => p.Alert == alert && p.Transition == transition)];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());
        var json = JsonNode.Parse(body.ToArray())!.AsObject();
        int answer;
        lock (_lock)
        {
            answer = AnswerTo(context.Request.Path) ?? Answer(_received.Count + 1);
            _received.Add(new(answer, headers.GetValueOrDefault("qualm-dedup-key", ""), headers, context.Request.Path, body.ToArray(), json));
        }

        if (answer == Silence)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, context.RequestAborted);
            await Task.Delay(Timeout.Infinite, either.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer;
        if (answer == StatusCodes.Status429TooManyRequests) context.Response.Headers.RetryAfter = "1";
    }
}
