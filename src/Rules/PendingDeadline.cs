using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules;

/// <summary>Something that will be decided when time has passed, unless an event comes first.</summary>
/// <param name="Due">The stamp it is due at.</param>
public sealed record PendingDeadline(string Rule, ImmutableArray<KeyPart> Key, Instant Due);
