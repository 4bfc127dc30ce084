using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Qualm.Actions;

/// <summary>Posts messages as JSON to one address, signed when there is a secret. Owns its connections.</summary>
public sealed class WebhookReceiver : IReceiver, IDisposable
{
    private const int MostOfAnswer = 64 * 1024;
    private const int MostOfExcerpt = 200;
    private static readonly MediaTypeHeaderValue Json = new("application/json", "utf-8");

    private readonly ReceiverConfig.Webhook _config;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public WebhookReceiver(ReceiverConfig.Webhook config, TimeProvider time)
    {
        _config = config;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseDrainSize = MostOfAnswer,
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string Name => _config.Name;

    private TimeSpan Patience => _config.Timeout ?? ReceiverConfig.Webhook.DefaultTimeout;

    public async Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var request = Request(delivery);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var excerpt = response.IsSuccessStatusCode ? "" : await ExcerptAsync(response, either.Token);
            return WebhookAnswer.Judge(response.StatusCode, response.Headers.RetryAfter, _time.GetUtcNow(), excerpt);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryOutcome.Retry(null, string.Create(CultureInfo.InvariantCulture, $"no answer within {Patience.TotalSeconds:0.###} s"));
        }
        catch (HttpRequestException fault)
        {
            return new DeliveryOutcome.Retry(null, $"{fault.HttpRequestError}: {fault.Message}");
        }
        catch (IOException fault)
        {
            return new DeliveryOutcome.Retry(null, fault.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(Delivery delivery)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _config.Url) { Content = new ReadOnlyMemoryContent(delivery.Body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("User-Agent", "qualm");
        foreach (var (name, value) in _config.Headers) request.Headers.TryAddWithoutValidation(name, value.Value);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.Delivery, delivery.Id);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.IdempotencyKey, delivery.Id);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.DedupKey, delivery.DedupKey);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.Attempt, delivery.Attempt.ToString(CultureInfo.InvariantCulture));
        if (_config.Secret is { } secret)
        {
            var signature = WebhookSignature.Of(secret, _time.GetUtcNow().ToUnixTimeSeconds(), delivery.Body.Span);
            request.Headers.TryAddWithoutValidation(WebhookHeaders.Signature, signature);
        }

        return request;
    }

    /// <summary>The first bytes of a refusal, on one line; whatever else the receiver sends is not read.</summary>
    private static async Task<string> ExcerptAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MostOfExcerpt];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        var text = Encoding.UTF8.GetString(bytes, 0, length).Trim();
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
