namespace Qualm.Store.Documents;

/// <summary>One published read model.</summary>
/// <param name="Id">Name of what it shows, e.g. the VM.</param>
/// <param name="Json">UTF-8 JSON of an object.</param>
public readonly record struct Document(string Id, ReadOnlyMemory<byte> Json);
