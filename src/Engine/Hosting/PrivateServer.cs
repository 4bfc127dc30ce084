using Qualm.Engine.Configuration;
using Qualm.Store;
using Qualm.Store.Embedded;

namespace Qualm.Engine.Hosting;

/// <summary>Starts the private PostgreSQL again when it has died under the service. Does nothing for somebody else's database.</summary>
internal sealed class PrivateServer(QualmConfig config, TimeProvider time) : IAsyncDisposable
{
    private EmbeddedPostgres? _revived;

    /// <summary>Makes sure that it runs; finds it running if it does.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be started.</exception>
    public async Task ReviveAsync(CancellationToken cancellationToken)
    {
        if (StoreLocation.Of(config.Store, config.Data) is not StoreLocation.Private place) return;
        var started = await EmbeddedPostgres.StartAsync(place.DataFolder, time, cancellationToken);
        if (_revived is not null) await _revived.DisposeAsync();
        _revived = started;
    }

    public ValueTask DisposeAsync() => _revived?.DisposeAsync() ?? ValueTask.CompletedTask;
}
