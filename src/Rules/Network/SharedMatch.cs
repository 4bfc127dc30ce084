namespace Qualm.Rules.Network;

/// <summary>A pattern whose latest events are kept once for all rules that count or await them.</summary>
/// <param name="Log">Index of the log.</param>
/// <param name="First">One of its subscriptions; the others match when it does.</param>
/// <param name="Bits">Those that need not be told when nothing can come of it.</param>
internal sealed record SharedMatch(int Log, int First, ulong[] Bits);
