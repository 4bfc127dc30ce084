using Qualm.Model;

namespace Qualm.Rules.Conditions;

/// <summary>Answers what other rules have concluded about the key of the one that asks.</summary>
public interface IRuleFacts
{
    /// <param name="at">Event time that is asked about; who answers for the present does not look at it.</param>
    bool Holds(ConclusionUse use, Instant at);
}
