using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

// What a rule concludes, to the rules above it.
internal abstract partial class RuleRunner
{
    private (int Slot, long Position, int Schema) _lastEdge;

    /// <summary>The VM that a key is about; null when the key names none.</summary>
    public VmState? SubjectVm(int slot) => Rule.SubjectIsVm ? Keys.Vm(slot) : null;

    /// <summary>The host that a key is about, or its VM is on; null when the key names neither.</summary>
    public HostState? SubjectHost(int slot) =>
        Rule.Key.Parts.Any(p => p.Source == KeySource.Host) ? Keys.Host(slot) : SubjectVm(slot)?.Host;

    /// <summary>Counts again what stands, for an agenda that begins.</summary>
    /// <param name="hasChanged">Whether the rule is not the one it was: whoever asks is to look again.</param>
    public void TellStanding(bool hasChanged)
    {
        foreach (var slot in _openSlots)
        {
            if (EpisodeOf(slot) is not { State: Episode.Phase.Firing } episode) continue;
            episode.Concluded = true;
            if (Rule.Kind != ConclusionKind.Event) Run.Agenda?.Stands(this, episode, hasChanged);
        }
    }

    /// <summary>What is asked of other rules from here on is asked about this key.</summary>
    protected void Ask(int slot)
    {
        if (Rule.Asks) Run.Agenda?.Conclusions.Ask(Keys, slot);
    }

    // One match that is an event of its own.
    private void Announce(int slot, in EventView e, Instant at, ReadOnlySpan<long> because, Aggregate aggregate)
    {
        // An event that fits several branches is one match.
        var edge = (slot, e.Position.Value, e.Schema?.Id ?? -1);
        if (edge == _lastEdge) return;
        _lastEdge = edge;
        var episode = _pool.Take();
        episode.Identify(Rule.Name, Keys.Parts(slot), at);
        (episode.State, episode.OpenedAt, episode.Since, episode.Slot) = (Episode.Phase.Closed, at, at, slot);
        episode.Because = because;
        _decisions.Fill(episode, e, aggregate);
        _decisions.Emit(episode, TransitionKind.Firing, at);
        Conclude(episode, at);
        _pool.Give(episode);
    }

    // Told once an episode, however often it pages.
    private void Conclude(Episode episode, Instant at)
    {
        if (episode.Concluded) return;
        episode.Concluded = true;
        if (Rule.Kind == ConclusionKind.Event) Run.Agenda?.Derived(this, episode, at);
        else Run.Agenda?.Changed(this, episode, at, 1);
    }

    private void Retract(Episode episode, Instant at)
    {
        if (!episode.Concluded) return;
        episode.Concluded = false;
        if (Rule.Kind != ConclusionKind.Event) Run.Agenda?.Changed(this, episode, at, -1);
    }
}
