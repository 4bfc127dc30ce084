using Qualm.Store.Chain;

namespace Qualm.Engine.Verifying;

/// <summary>What was checked of a store.</summary>
/// <param name="Streams">How many there are.</param>
/// <param name="Inputs">Judged again.</param>
/// <param name="Decisions">Those that are as recorded.</param>
/// <param name="Models">Read models that were compared.</param>
/// <param name="Digest">Over all decisions derived.</param>
internal sealed record VerificationReport(ChainReport Chain, long Streams, long Inputs, long Decisions, long Models, ReadOnlyMemory<byte> Digest);
