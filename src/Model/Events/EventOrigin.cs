namespace Qualm.Model;

/// <summary>The connection, file or process that events come from. One object a connection, shared by its events.</summary>
/// <param name="Source">What it is, for people: <c>unix:/run/qemu/a.sock</c>, <c>file:/x.jsonl</c>.</param>
/// <param name="Vm">Name of the VM; empty for what the engine says of itself.</param>
/// <param name="Host">Name of the host; null when nobody said.</param>
/// <param name="Incarnation">Sets apart two processes of one VM: QEMU's uuid or greeting, the file's identity.</param>
/// <param name="Epoch">Counts the connections of this source, from 1.</param>
public sealed record EventOrigin(string Source, string Vm, string? Host, string Incarnation, long Epoch)
{
    /// <summary>Events arrive as QEMU sends them, over a connection, so that its clock can be judged against receipt.</summary>
    public bool Live { get; init; }
}
