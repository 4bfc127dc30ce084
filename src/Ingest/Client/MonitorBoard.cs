using System.Collections.Concurrent;
using System.Reactive.Subjects;

namespace Qualm.Ingest.Client;

/// <summary>The newest status of every monitor, and each change as it happens. Thread-safe.</summary>
public sealed class MonitorBoard : IObservable<MonitorStatus>
{
    private readonly ConcurrentDictionary<string, MonitorStatus> _current = new(StringComparer.Ordinal);
    private readonly ISubject<MonitorStatus> _changes = Subject.Synchronize(new Subject<MonitorStatus>());

    /// <summary>All monitors but those that are gone.</summary>
    public IReadOnlyCollection<MonitorStatus> Current => [.. _current.Values.OrderBy(s => s.Source, StringComparer.Ordinal)];

    /// <summary>Gets changes from now on. Observers are called by the monitors' own threads and must be quick.</summary>
    public IDisposable Subscribe(IObserver<MonitorStatus> observer) => _changes.Subscribe(observer);

    internal void Report(MonitorStatus status)
    {
        if (status.Phase == MonitorPhase.Gone) _current.TryRemove(status.Source, out _);
        else _current[status.Source] = status;
        _changes.OnNext(status);
    }
}
