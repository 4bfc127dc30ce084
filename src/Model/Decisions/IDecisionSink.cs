namespace Qualm.Model;

/// <summary>Takes decisions in the order in which they are made.</summary>
public interface IDecisionSink
{
    void Decide(AlertTransition transition);

    /// <summary>Tells now of what was withheld before: no transition of its own, merely a message that is owed. Comes after all that was decided with it.</summary>
    /// <param name="transition">The one to tell of; its <see cref="AlertTransition.WithheldBy"/> is null.</param>
    void Deliver(AlertTransition transition)
    {
    }
}
