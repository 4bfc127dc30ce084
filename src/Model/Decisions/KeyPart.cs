namespace Qualm.Model;

/// <summary>One named part of an alert's key.</summary>
/// <param name="Name">E.g. <c>vm</c>, <c>node_name</c>.</param>
/// <param name="Value">Its value as text; for numbers invariant, for booleans <c>true</c> or <c>false</c>.</param>
/// <param name="IsText">Whether the value is a string, not a number or boolean; tells <c>"1"</c> from 1.</param>
public sealed record KeyPart(string Name, string Value, bool IsText);
