namespace Qualm.Model;

/// <summary>Takes decisions in the order in which they are made.</summary>
public interface IDecisionSink
{
    void Decide(AlertTransition transition);
}
