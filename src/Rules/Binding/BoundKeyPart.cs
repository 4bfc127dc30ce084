using Qualm.Model;

namespace Qualm.Rules.Binding;

/// <summary>One part of a key.</summary>
/// <param name="Text">The expression as written, without outer blanks.</param>
/// <param name="Members">By <see cref="EventSchema.Id"/>, for parts that are members of events; else empty.</param>
/// <param name="Value">For parts that are other expressions.</param>
internal sealed record BoundKeyPart(string Name, string Text, KeySource Source, MemberSchema?[] Members, KeyValueReader? Value);
