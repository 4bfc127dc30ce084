namespace Qualm.Ingest.Pipeline;

/// <summary>Counts what is under way. Thread-safe.</summary>
internal sealed class Underway
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _empty;
    private int _count;

    /// <summary>One more, until it calls <see cref="Leave"/>.</summary>
    public Underway Enter()
    {
        lock (_gate) _count++;
        return this;
    }

    public void Leave()
    {
        TaskCompletionSource? empty = null;
        lock (_gate)
        {
            if (--_count == 0) (empty, _empty) = (_empty, null);
        }

        empty?.SetResult();
    }

    /// <summary>Completes when there is none.</summary>
    public Task EmptyAsync()
    {
        lock (_gate)
        {
            if (_count == 0) return Task.CompletedTask;
            return (_empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
