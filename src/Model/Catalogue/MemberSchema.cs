using System.Collections.Immutable;
using System.Text;

namespace Qualm.Model;

/// <summary>One member of an event's <c>data</c>.</summary>
/// <param name="Name">As on the wire, hyphens included, e.g. <c>node-name</c>.</param>
/// <param name="Path">From <c>data</c>, parts joined by a dot, e.g. <c>info.slot-type</c>.</param>
/// <param name="Optional">Absent from some events, or from those of some QEMU era.</param>
/// <param name="Values">Known values of an enum, in QEMU's order; empty for other types.</param>
/// <param name="Members">Members of an object, those of all branches of a union included; else empty.</param>
/// <param name="Slot">Index into <see cref="EventView.Slots"/>, unique in the event.</param>
public sealed record MemberSchema(
    string Name,
    string Path,
    MemberType Type,
    bool Optional,
    ImmutableArray<string> Values,
    ImmutableArray<MemberSchema> Members,
    int Slot)
{
    /// <summary>The name as rules may write it without back-ticks: hyphens become underscores.</summary>
    public string RuleName { get; } = Name.Replace('-', '_');

    /// <summary>The name as bytes on the wire, so that decoding compares without transcoding.</summary>
    public ImmutableArray<byte> Utf8Name { get; } = [.. Encoding.UTF8.GetBytes(Name)];

    /// <summary>The name as bytes on the wire, in quotes, with the colon behind them.</summary>
    public ImmutableArray<byte> QuotedName { get; } = [.. Encoding.UTF8.GetBytes($"\"{Name}\":")];
}
