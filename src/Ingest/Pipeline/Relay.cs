namespace Qualm.Ingest.Pipeline;

/// <summary>Hands on what it is told to the one observer that has subscribed; to nobody before and after.</summary>
internal sealed class Relay<T> : IObservable<T>, IObserver<T>
{
    private IObserver<T>? _observer;

    public IDisposable Subscribe(IObserver<T> observer)
    {
        if (Interlocked.CompareExchange(ref _observer, observer, null) is not null) throw new InvalidOperationException("one observer only");
        return new Subscription(this);
    }

    public void OnNext(T value) => _observer?.OnNext(value);

    public void OnCompleted() => _observer?.OnCompleted();

    public void OnError(Exception error) => _observer?.OnError(error);

    private sealed class Subscription(Relay<T> relay) : IDisposable
    {
        public void Dispose() => relay._observer = null;
    }
}
