using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>One connected monitor among those of its VM: it speaks, or stands by another that does.</summary>
internal sealed class Voice(MonitorVoices all, MonitorIdentity identity)
{
    private const long Working = -1;

    // Null for one that never stood by.
    private TaskCompletionSource? _turn;
    private volatile bool _speaks;
    private long _idleSince = Working;
    private List<Voice>? _followers;
    private bool _followed;

    /// <summary>Completes when it is its turn to speak.</summary>
    public Task Turn => _turn?.Task ?? Task.CompletedTask;

    public bool Speaks => _speaks;

    /// <summary>Of the VM that it speaks for. Under the lock of <see cref="MonitorVoices"/>, like all that follows.</summary>
    public MonitorIdentity Identity { get; set; } = identity;

    public TimeSpan JoinedAt { get; } = all.Now;

    /// <summary>Whom it stands by; null when it speaks.</summary>
    public Voice? Leader { get; private set; }

    public List<Voice> Followers => _followers ??= new(1);

    public bool HasFollowers => _followers is { Count: > 0 };

    /// <summary>What it and its leader have not both brought yet; null when it never stood by.</summary>
    public Echo? Echo { get; private set; }

    /// <summary>Since when it has brought all that there was; null while it is at work.</summary>
    public TimeSpan? IdleSince => Volatile.Read(ref _idleSince) is not Working and var ticks ? TimeSpan.FromTicks(ticks) : null;

    public void Follow(Voice leader)
    {
        Leader = leader;
        leader.Followers.Add(this);
        Volatile.Write(ref leader._followed, true);
        Echo ??= new();
        _turn ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Speak()
    {
        Leader = null;
        _speaks = true;
        _turn?.TrySetResult();
    }

    /// <summary>It speaks, and has an event. For its own thread, like all that follows, without the lock.</summary>
    /// <returns>False when another has brought it for this VM before.</returns>
    public bool Says(QmpEvent e)
    {
        Volatile.Write(ref _idleSince, Working);
        return (Echo is null && !Volatile.Read(ref _followed)) || all.Says(this, e);
    }

    /// <summary>There is nothing to read for the moment.</summary>
    public void Idles() => Volatile.Write(ref _idleSince, all.Now.Ticks);
}
