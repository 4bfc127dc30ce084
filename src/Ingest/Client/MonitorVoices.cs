using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>
/// Of several monitors of one VM one speaks and the others stand by: they are read, and what they bring is dropped once
/// the speaking one has brought it. When that one is lost, the next speaks and goes on where it stopped. Thread-safe.
/// </summary>
internal sealed class MonitorVoices(TimeProvider time, IngestMetrics metrics)
{
    /// <summary>An event that the speaking one has not brought by then, though it has nothing left to read, is none of its process.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Voice>> _byVm = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Voice>> _byUuid = new(StringComparer.Ordinal);
    private readonly long _started = time.GetTimestamp();

    /// <summary>Since the beginning, by the monotonic clock.</summary>
    public TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>A monitor is connected. It speaks, unless another of its process does.</summary>
    public Voice Join(MonitorIdentity identity)
    {
        lock (_gate)
        {
            var voice = new Voice(this, identity);
            var leader = Near(identity).FirstOrDefault(v => v.Leader is null && v.Identity.MayBe(identity));
            if (leader is null) voice.Speak();
            else voice.Follow(leader);
            Add(voice);
            return voice;
        }
    }

    /// <summary>A monitor is lost. If it spoke, the next one speaks.</summary>
    /// <returns>Whether the VM has another monitor that speaks.</returns>
    public bool Leave(Voice voice)
    {
        lock (_gate)
        {
            Remove(voice);
            if (voice.Leader is { } leader)
            {
                leader.Followers.Remove(voice);
                return true;
            }

            if (voice.HasFollowers && voice.Followers is [var next, .. var others])
            {
                metrics.TookOver();
                foreach (var other in others) other.Follow(next);
                Rise(next, voice.Identity);
                return true;
            }

            return _byVm.TryGetValue(voice.Identity.Vm, out var left) && left.Count > 0;
        }
    }

    /// <summary>Lets a monitor speak for itself that has heard what the one it stands by does not bring.</summary>
    public void Look(Voice voice)
    {
        lock (_gate)
        {
            if (voice is not { Leader: { IdleSince: { } idle } leader, Echo: { } echo } || Now - idle < Patience) return;
            metrics.StoodBy(echo.ForgetUnproven(Now - Patience));
            if (echo.OldestProof is not { } heard || Now - heard < Patience) return;
            leader.Followers.Remove(voice);
            echo.ForgetSaid();
            voice.Speak();
        }
    }

    /// <summary>Whether a monitor stands by and has heard what nobody has said.</summary>
    public bool IsAhead(Voice voice)
    {
        lock (_gate) return voice is { Leader: not null, Echo.IsAhead: true };
    }

    /// <summary>A monitor that stands by has an event.</summary>
    public void Hears(Voice voice, QmpEvent e)
    {
        lock (_gate)
        {
            // What was said before it joined, it may get only now.
            metrics.StoodBy(voice.Echo!.WasSaid(e, Now) ? 1 : voice.Echo.Keep(e, Now, proof: Now - voice.JoinedAt >= Slack));
        }
    }

    /// <summary>What a monitor, now speaking, has heard and nobody has said.</summary>
    /// <param name="whole">Whether that is all.</param>
    public IReadOnlyList<QmpEvent> TakeHeard(Voice voice, out bool whole)
    {
        lock (_gate)
        {
            whole = !voice.Echo!.HasForgotten;
            return voice.Echo.TakeHeard();
        }
    }

    public bool Says(Voice voice, QmpEvent e)
    {
        lock (_gate)
        {
            if (voice.Echo is { } echo && echo.WasSaid(e, Now))
            {
                metrics.StoodBy(1);
                return false;
            }

            foreach (var follower in voice.Followers)
            {
                if (follower.Echo!.Said(e, Now)) metrics.StoodBy(1);
            }

            return true;
        }
    }

    private void Rise(Voice next, MonitorIdentity before)
    {
        Remove(next);
        next.Identity = next.Identity with { Vm = before.Vm, Host = next.Identity.Host ?? before.Host };
        Add(next);
        next.Speak();
    }

    private IEnumerable<Voice> Near(MonitorIdentity identity) =>
        (_byVm.GetValueOrDefault(identity.Vm) ?? []).Concat(identity.Uuid.Length == 0 ? [] : _byUuid.GetValueOrDefault(identity.Uuid) ?? []);

    private void Add(Voice voice)
    {
        Add(_byVm, voice.Identity.Vm, voice);
        if (voice.Identity.Uuid.Length > 0) Add(_byUuid, voice.Identity.Uuid, voice);
    }

    private void Remove(Voice voice)
    {
        Remove(_byVm, voice.Identity.Vm, voice);
        Remove(_byUuid, voice.Identity.Uuid, voice);
    }

    private static void Add(Dictionary<string, List<Voice>> index, string key, Voice voice)
    {
        if (index.TryGetValue(key, out var voices)) voices.Add(voice);
        else index[key] = new(1) { voice };
    }

    private static void Remove(Dictionary<string, List<Voice>> index, string key, Voice voice)
    {
        if (!index.TryGetValue(key, out var voices)) return;
        voices.Remove(voice);
        if (voices.Count == 0) index.Remove(key);
    }
}
