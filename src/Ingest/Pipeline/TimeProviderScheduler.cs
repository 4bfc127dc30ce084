using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Qualm.Ingest.Pipeline;

/// <summary>An Rx scheduler whose clock and timers are those of a <see cref="TimeProvider"/>, so that the process has one clock, Rx included.</summary>
public sealed class TimeProviderScheduler(TimeProvider time) : IScheduler
{
    public DateTimeOffset Now => time.GetUtcNow();

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, TimeSpan.Zero, action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, dueTime - Now, action);

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        var inner = new SingleAssignmentDisposable();
        var timer = time.CreateTimer(
            _ => inner.Disposable = action(this, state), null, Scheduler.Normalize(dueTime), Timeout.InfiniteTimeSpan);
        return StableCompositeDisposable.Create(timer, inner);
    }
}
