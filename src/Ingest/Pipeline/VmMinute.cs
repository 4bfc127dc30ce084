using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>How many events a VM sent in one minute, by stamp. Several of one VM and minute add up.</summary>
/// <param name="Minute">Start of the minute.</param>
/// <param name="Count">Weights included.</param>
public readonly record struct VmMinute(string Vm, Instant Minute, long Count)
{
    /// <summary>Stands for the VMs beyond the bound of <see cref="IngestPipelineOptions.ActivityCapacity"/>. No VM can be named so.</summary>
    public const string Others = "";
}
