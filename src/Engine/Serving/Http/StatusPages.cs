using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Qualm.Engine.Serving.Metrics;

namespace Qualm.Engine.Serving.Http;

/// <summary>The pages for probes and scrapers: <c>/healthz</c>, <c>/readyz</c>, <c>/metrics</c>.</summary>
internal sealed class StatusPages(ServiceHealth health, MetricReader metrics) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is kept of a request.
    }

    public Task ProcessRequestAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path is not ("/healthz" or "/readyz" or "/metrics")) return AnswerAsync(context, StatusCodes.Status404NotFound, "text/plain; charset=utf-8", "here are /healthz, /readyz and /metrics\n");
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "text/plain; charset=utf-8", "only to be read\n");
        }

        return path switch
        {
            "/healthz" => HealthAsync(context),
            "/readyz" => ReadyAsync(context),
            _ => MetricsAsync(context),
        };
    }

    private Task HealthAsync(HttpContext context)
    {
        var report = health.Look();
        return AnswerAsync(context, report, report.Stuck is null, "alive", "stuck", report.Stuck is { } why ? [why] : []);
    }

    private Task ReadyAsync(HttpContext context)
    {
        var report = health.Look();
        return AnswerAsync(context, report, report.IsReady, "ready", "not ready", report.NotReady);
    }

    private Task MetricsAsync(HttpContext context)
    {
        var open = Negotiation.WantsOpenMetrics(context.Request.Headers.Accept);
        context.Response.Headers.Vary = "Accept";
        return AnswerAsync(context, StatusCodes.Status200OK, open ? MetricText.OpenMetricsType : MetricText.PrometheusType, metrics.Read(open));
    }

    private static Task AnswerAsync(HttpContext context, HealthReport report, bool good, string yes, string no, IEnumerable<string> reasons)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("status", good ? yes : no);
            json.WriteString("phase", JsonNamingPolicy.CamelCase.ConvertName(report.Phase.ToString()));
            json.WriteStartArray("reasons");
            foreach (var reason in reasons) json.WriteStringValue(reason);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return AnswerAsync(context, good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, "application/json", buffer.ToArray());
    }

    private static Task AnswerAsync(HttpContext context, int status, string type, string body) => AnswerAsync(context, status, type, Encoding.UTF8.GetBytes(body));

    private static Task AnswerAsync(HttpContext context, int status, string type, byte[] body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = type;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length);
    }
}
