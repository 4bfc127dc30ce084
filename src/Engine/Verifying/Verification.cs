using Qualm.Store;
using Qualm.Store.Chain;

namespace Qualm.Engine.Verifying;

/// <summary>Everything that can be proved of a store, one after the other: the chain, the streams, the decisions, the read models. Writes nothing.</summary>
/// <param name="found">Told of everything that is wrong, as it is found.</param>
/// <param name="doing">Told now and then what is being done and how far it is.</param>
internal sealed class Verification(StoreHost store, Action<Finding> found, Action<Func<string>> doing)
{
    /// <param name="noted">A head that must be in the chain; null for none.</param>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<VerificationReport> RunAsync(ChainHead? noted, CancellationToken cancellationToken)
    {
        var chain = await new ChainAudit(store, found).RunAsync(noted, (link, of) => doing(() => $"chain: link {link} of {of}"), cancellationToken);
        doing(() => "streams");
        var streams = await new StreamAudit(store, found).RunAsync(cancellationToken);
        var derived = new Rederivation(store, found);
        if (chain.Progress is not null) await derived.RunAsync((position, of) => doing(() => $"decisions: position {position} of {of}"), cancellationToken);
        return new VerificationReport(chain, streams, derived.Inputs, derived.Decisions, derived.Models, derived.Digest);
    }
}
