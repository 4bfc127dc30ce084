using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>What a monitor's connection is doing.</summary>
/// <param name="Source">Name of the source.</param>
/// <param name="Vm">Null until the VM is known.</param>
/// <param name="Epoch">Connections of this source so far.</param>
/// <param name="Reason">Why it is not connected; null while it is or was never tried.</param>
/// <param name="Since">Wall clock.</param>
/// <param name="Labels">From the named parts of the path template.</param>
public sealed record MonitorStatus(
    string Source, string? Vm, MonitorPhase Phase, long Epoch, string? Reason, Instant Since, ImmutableSortedDictionary<string, string> Labels);
