namespace Qualm.Model;

/// <summary>Takes decisions in the order in which they are made.</summary>
public interface IDecisionSink
{
    void Decide(AlertTransition transition);

    /// <summary>The same for those who read a decision and keep nothing of it: nothing is allocated for it then. Sessions of rules call this one; by default it keeps the decision.</summary>
    /// <param name="decision">Valid during the call.</param>
    void Decide(in DecisionView decision) => Decide(decision.Keep());

    /// <summary>Tells now of what was withheld before: no transition of its own, merely a message that is owed. Comes after all that was decided with it.</summary>
    /// <param name="transition">The one to tell of; its <see cref="AlertTransition.WithheldBy"/> is null.</param>
    void Deliver(AlertTransition transition)
    {
    }
}
