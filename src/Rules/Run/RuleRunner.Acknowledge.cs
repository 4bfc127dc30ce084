using Qualm.Model;

namespace Qualm.Rules.Run;

// What is told again of an alert that fires on, until somebody takes it.
internal abstract partial class RuleRunner
{
    /// <summary>Takes it that somebody has taken the open episode with this id, or of the alert with this id.</summary>
    /// <returns>Whether there was one that fires and was not taken yet.</returns>
    public bool Acknowledge(OperatorCommand.Acknowledge command, Instant at, Position position)
    {
        foreach (var slot in _openSlots)
        {
            var episode = Open(slot)!;
            if (episode.Texts.Episode != command.Target && AlertId.Of(Rule.Name, episode.Key) != command.Target) continue;
            if (episode.State != Episode.Phase.Firing || episode.Acknowledged) return false;
            episode.Acknowledged = true;
            _decisions.Acknowledge(episode, command, at, position);
            return true;
        }

        return false;
    }

    private long ReminderDue(Episode episode)
    {
        if (episode.Acknowledged) return long.MaxValue;
        var again = Rule.Renotify > TimeSpan.Zero ? (episode.PagedAt + Rule.Renotify).Micros : long.MaxValue;
        return Math.Min(again, Rule.Unacknowledged is null ? long.MaxValue : episode.EscalatesAt?.Micros ?? long.MaxValue);
    }

    private void Remind(Episode episode, Instant due)
    {
        if (Rule.Unacknowledged is not { } escalation || episode.EscalatesAt is not { } at || at > due)
        {
            Page(episode, due);
            return;
        }

        episode.EscalatesAt = null;
        _decisions.Escalate(episode, escalation, due);
    }
}
