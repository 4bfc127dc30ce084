using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Testing;

/// <summary>A key as a test writes it: values in the order of the rule's <c>by</c>, or some of them by name.</summary>
/// <param name="Parts">Names are null for values by order.</param>
public sealed record AlertKey(SourceSpan Span, ImmutableArray<KeyValuePair<string?, string>> Parts)
{
    public bool Agrees(ImmutableArray<KeyPart> key)
    {
        if (Parts is [{ Key: null }, ..]) return Parts.Length == key.Length && Parts.Zip(key).All(p => p.First.Value == p.Second.Value);
        return Parts.All(part => key.Any(k => k.Name == part.Key && k.Value == part.Value));
    }

    public override string ToString() => $"[{string.Join(", ", Parts.Select(p => p.Key is null ? p.Value : $"{p.Key}: {p.Value}"))}]";
}
