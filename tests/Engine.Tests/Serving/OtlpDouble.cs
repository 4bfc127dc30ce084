using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Qualm.Engine.Tests.Serving;

/// <summary>A collector that takes Protobuf over HTTP and keeps every text it finds, by path.</summary>
internal sealed class OtlpDouble : IHttpApplication<HttpContext>, IDisposable
{
    private readonly KestrelServer _server;
    private readonly Dictionary<string, HashSet<string>> _texts = new(StringComparer.Ordinal);

    public OtlpDouble()
    {
        var options = new KestrelServerOptions();
        options.Listen(IPAddress.Loopback, 0);
        _server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    public Uri Address => new(_server.Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public Task StartAsync() => _server.StartAsync(this, CancellationToken.None);

    /// <summary>Headers of the newest request.</summary>
    public string? Token { get; private set; }

    public IReadOnlySet<string> Texts(string path)
    {
        lock (_texts) return _texts.GetValueOrDefault(path)?.ToHashSet(StringComparer.Ordinal) ?? [];
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        lock (_texts)
        {
            Token = context.Request.Headers["x-token"];
            if (!_texts.TryGetValue(context.Request.Path, out var found)) _texts[context.Request.Path] = found = new HashSet<string>(StringComparer.Ordinal);
            Collect(body.ToArray(), found);
        }

        context.Response.ContentType = "application/x-protobuf";
    }

    public void Dispose() => _server.Dispose();

    // Whatever has a length may be a text or a message: it is taken for both.
    private static bool Collect(ReadOnlySpan<byte> message, HashSet<string> texts)
    {
        while (message.Length > 0)
        {
            if (!TryTakeNumber(ref message, out var tag)) return false;
            switch (tag & 7)
            {
                case 0:
                    if (!TryTakeNumber(ref message, out _)) return false;
                    break;
                case 1 or 5:
                    var width = (tag & 7) == 1 ? 8 : 4;
                    if (message.Length < width) return false;
                    message = message[width..];
                    break;
                case 2:
                    if (!TryTakeNumber(ref message, out var length) || length > (ulong)message.Length) return false;
                    texts.Add(Encoding.UTF8.GetString(message[..(int)length]));
                    Collect(message[..(int)length], texts);
                    message = message[(int)length..];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> message, out ulong number)
    {
        number = 0;
        for (var i = 0; i < message.Length && i < 10; i++)
        {
            number |= (ulong)(message[i] & 0x7f) << (7 * i);
            if (message[i] >= 0x80) continue;
            message = message[(i + 1)..];
            return true;
        }

        return false;
    }
}
