using System.Collections.Immutable;

namespace Qualm.Engine.Configuration;

/// <summary>What flags of the command line say over environment and file. Null: nothing.</summary>
/// <param name="Sources">Added to those of the file.</param>
internal sealed record ConfigOverrides(string? Rules, string? Store, string? Data, ImmutableArray<SourceConfig> Sources);
