using Qualm.Rules.Run;

namespace Qualm.Rules.Network;

/// <summary>A pattern whose latest events are kept once for all rules that count or await them.</summary>
/// <param name="Log">Index of the log.</param>
/// <param name="First">One of its subscriptions; the others match when it does.</param>
/// <param name="Bits">Those that need not be told when nothing can come of it.</param>
/// <param name="Waiting">Those among them that count nothing: while no rule remembers anything of the key, nothing comes of it for them.</param>
internal sealed record SharedMatch(int Log, int First, ulong[] Bits, ulong[] Waiting)
{
    /// <summary>Those that need not be told.</summary>
    public ulong[]? Without(LogNews news) => news switch
    {
        LogNews.None => Bits,
        LogNews.Limit => Waiting,
        _ => null,
    };
}
