using Qualm.Model;

namespace Qualm.Rules.Conditions;

/// <summary>A named set of times, for <c>in_interval</c>. Immutable; depends on nothing but the time.</summary>
public interface IInterval
{
    bool Contains(Instant time);
}
