namespace Qualm.Ingest.Client;

/// <summary>What a VM said of itself when its monitor was connected.</summary>
/// <param name="Version">QEMU's version, e.g. <c>7.2.22</c>.</param>
/// <param name="Package">The packager's version; empty when there is none.</param>
/// <param name="Name">QEMU's <c>-name</c>; empty when it has none.</param>
/// <param name="Uuid">Empty when it has none.</param>
/// <param name="Status">Run state; <c>unknown</c> when it would not say.</param>
internal sealed record MonitorFacts(string Version, string Package, string Name = "", string Uuid = "", string Status = "unknown", bool Running = false);
