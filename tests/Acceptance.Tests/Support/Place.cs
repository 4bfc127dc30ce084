namespace Qualm.Acceptance.Tests.Support;

/// <summary>Where a service of an installation runs: what sets two hosts apart.</summary>
/// <param name="Config">Name of its configuration file.</param>
/// <param name="Data">Its data folder.</param>
/// <param name="Store">Its way to somebody's PostgreSQL; null for the private one.</param>
/// <param name="Clock">File of a clock that can be stepped; null for the machine's.</param>
internal sealed record Place(string Config, string Data, string? Store, string? Clock = null);
