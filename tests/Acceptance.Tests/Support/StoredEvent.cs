using System.Text.Json.Nodes;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>A row of the event table.</summary>
internal sealed record StoredEvent(long Seq, Guid Id, string Stream, long Version, string Type, JsonObject Data, JsonObject Headers)
{
    /// <summary>What put it there: <c>live</c>, <c>import</c>, <c>decision</c>, <c>engine</c>; empty for another application's.</summary>
    public string Kind => (string?)Headers["qualm"] ?? "";

    /// <summary>Place that a fake QEMU gave it; null for events from elsewhere.</summary>
    public (int Connection, int Serial)? Sent => Data["x-serial"] is { } serial ? ((int)Data["x-connection"]!, (int)serial) : null;

    public string Text(string member) => (string?)Data[member] ?? "";

    public override string ToString() => $"{Seq} {Stream}/{Version} {Type} {Data.ToJsonString()}";
}
