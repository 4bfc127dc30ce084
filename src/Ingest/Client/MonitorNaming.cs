using System.Collections.Immutable;

namespace Qualm.Ingest.Client;

/// <summary>Who the VM behind a monitor is, as far as it is known without asking it.</summary>
/// <param name="Vm">The operator's word, in the configuration or in the socket's path; null when there is none.</param>
/// <param name="Host">Null when nobody said.</param>
/// <param name="Fallback">The name when QEMU has neither name nor uuid; never empty.</param>
public sealed record MonitorNaming(string? Vm, string? Host, string Fallback)
{
    /// <summary>Named parts of the path template other than VM and host.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Naming of a monitor reached at <paramref name="endpoint"/>, by the file name of its socket if all else fails.</summary>
    public static MonitorNaming Of(QmpEndpoint endpoint, string? vm = null, string? host = null) =>
        new(NullIfEmpty(vm), NullIfEmpty(host), endpoint is QmpEndpoint.Unix { Path: var path } ? NameOf(path) : endpoint.ToString());

    /// <summary>The operator's word, else QEMU's name, else its uuid, else the fallback.</summary>
    internal string Resolve(string name, string uuid) => Vm ?? NullIfEmpty(name) ?? NullIfEmpty(uuid) ?? Fallback;

    private static string NameOf(string path) =>
        NullIfEmpty(Path.GetFileNameWithoutExtension(path)) ?? NullIfEmpty(Path.GetFileName(path)) ?? path;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
