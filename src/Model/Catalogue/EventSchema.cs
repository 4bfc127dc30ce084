using System.Collections.Immutable;

namespace Qualm.Model;

/// <summary>What is known of one kind of event: QEMU's, ours, or one that a rule derives.</summary>
/// <param name="Id">Index in the catalogue that holds it.</param>
/// <param name="Name">QAPI name, upper case with underscores.</param>
/// <param name="Category">Subject, e.g. <c>storage</c>; <c>monitor</c> for the events Qualm makes about its monitors.</param>
/// <param name="Since">QEMU version that brought it.</param>
/// <param name="Removed">QEMU version that dropped it; null while it lives.</param>
/// <param name="RateLimit">Null when QEMU sends every one.</param>
/// <param name="SlotCount">How many slots its members take, nested ones included.</param>
/// <param name="Drift">Sentences on how its shape changed between QEMU's eras.</param>
public sealed record EventSchema(
    int Id,
    string Name,
    string Category,
    string Summary,
    string Since,
    string? Removed,
    RateLimit? RateLimit,
    ImmutableArray<MemberSchema> Members,
    int SlotCount,
    ImmutableArray<string> Drift)
{
    /// <summary>The name of its type in the event store: lower case.</summary>
    public string StoredType { get; } = Name.ToLowerInvariant();

    /// <summary>The member at a dotted path, hyphens or underscores; null when there is none.</summary>
    public MemberSchema? Find(string path)
    {
        var members = Members;
        MemberSchema? found = null;
        foreach (var part in path.Split('.'))
        {
            found = members.FirstOrDefault(m => m.Name == part) ?? members.FirstOrDefault(m => m.RuleName == part);
            if (found is null) return null;
            members = found.Members;
        }

        return found;
    }
}
