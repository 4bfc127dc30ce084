using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Runtime.InteropServices;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>Counts events per VM and minute. A minute is given out when a later stamp ends it, or the scheduler when none comes.</summary>
public static class ActivityWindows
{
    private const long Minute = 60 * Instant.Second;

    /// <summary>How long behind a minute's end the scheduler waits for a stamp to end it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <param name="capacity">VMs counted one by one in a minute.</param>
    /// <returns>Hot while subscribed. VMs in the order of their first event of the minute; delivered on the scheduler.</returns>
    public static IObservable<VmMinute> PerVmAndMinute(this IObservable<StampedInput> inputs, int capacity, IScheduler scheduler) =>
        Observable.Create<Dictionary<string, long>>(minutes => new Counter(minutes, capacity, scheduler).Run(inputs))
            .ObserveOn(scheduler)
            .SelectMany(counts => counts.Where(c => c.Key != Start).Select(c => new VmMinute(c.Key, new(counts[Start]), c.Value)).ToObservable(ImmediateScheduler.Instance));

    // Not a name a VM can have; its value is the start of the minute.
    private const string Start = "\0start";

    private sealed class Counter(IObserver<Dictionary<string, long>> minutes, int capacity, IScheduler scheduler) : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly SerialDisposable _timer = new();
        private Dictionary<string, long>? _counts;
        private long _start;

        public IDisposable Run(IObservable<StampedInput> inputs) =>
            StableCompositeDisposable.Create(inputs.Subscribe(OnInput, minutes.OnError, OnEnd), this);

        public void Dispose() => _timer.Dispose();

        private void OnEnd()
        {
            Give(Take(null));
            minutes.OnCompleted();
        }

        private void OnInput(StampedInput input)
        {
            var start = input.Stamp.Micros - (((input.Stamp.Micros % Minute) + Minute) % Minute);
            if (Volatile.Read(ref _start) != start) Give(Take(null));
            if (input is not StampedInput.Event e) return;
            lock (_gate) Count(e, start);
        }

        private void Count(StampedInput.Event e, long start)
        {
            if (_counts is null)
            {
                _counts = new(StringComparer.Ordinal) { [Start] = start };
                _start = start;
                var counts = _counts;
                var left = TimeSpan.FromMicroseconds(start + Minute - e.Stamp.Micros) + Patience;
                _timer.Disposable = scheduler.Schedule(left, () => Give(Take(counts)));
            }

            var vm = e.Received.Origin.Vm;
            if (_counts.Count > capacity && !_counts.ContainsKey(vm)) vm = VmMinute.Others;
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, vm, out _) += e.Weight;
        }

        /// <param name="only">Takes these counts or none; null for whatever there is.</param>
        private Dictionary<string, long>? Take(Dictionary<string, long>? only)
        {
            lock (_gate)
            {
                if (only is not null && only != _counts) return null;
                var taken = _counts;
                _counts = null;
                return taken;
            }
        }

        private void Give(Dictionary<string, long>? counts)
        {
            if (counts is not null) minutes.OnNext(counts);
        }
    }
}
