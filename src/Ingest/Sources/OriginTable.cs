using Qualm.Model;

namespace Qualm.Ingest.Sources;

/// <summary>One origin object for each VM of a file, so that its events share it. Forgets when there are too many.</summary>
internal sealed class OriginTable(string source, string incarnation, long epoch, FileNaming naming)
{
    private const int Most = 10_000;

    private readonly Dictionary<(string Vm, string? Host), EventOrigin> _origins = [];
    private EventOrigin? _last;

    /// <param name="vm">The line's own word; null or empty for none.</param>
    public EventOrigin Of(string? vm, string? host)
    {
        vm = string.IsNullOrEmpty(vm) ? naming.Vm! : vm;
        host = string.IsNullOrEmpty(host) ? naming.Host : host;
        if (_last is not null && _last.Vm == vm && _last.Host == host) return _last;
        if (_origins.TryGetValue((vm, host), out var origin)) return _last = origin;
        if (_origins.Count >= Most) _origins.Clear();
        _origins[(vm, host)] = _last = new(source, vm, host, incarnation, epoch);
        return _last;
    }
}
