using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Qualm.Engine.Demo;

/// <summary>An HTTP server on loopback that takes the pages, as a paging service would.</summary>
internal sealed class PageListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageListener(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First() + "/page");

    public static async Task<PageListener> StartAsync(Action<Page> received, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/page", async (HttpRequest request) =>
        {
            using var body = await JsonDocument.ParseAsync(request.Body, default, request.HttpContext.RequestAborted);
            received(Page.Parse(body.RootElement));
            return Results.Accepted();
        });
        await app.StartAsync(cancellationToken);
        return new PageListener(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
