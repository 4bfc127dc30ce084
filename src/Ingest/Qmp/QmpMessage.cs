using System.Text.Json;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>A message from a QMP server. Owns what it holds, but for <see cref="QmpEvent"/>'s slices of the bytes decoded.</summary>
public abstract record QmpMessage
{
    private QmpMessage() { }

    /// <param name="Version">QEMU's version, e.g. <c>7.2.22</c>.</param>
    /// <param name="Package">The packager's own version; empty when there is none.</param>
    /// <param name="Oob">Whether the server offers out-of-band commands.</param>
    public sealed record Greeting(string Version, string Package, bool Oob) : QmpMessage;

    /// <param name="Vm">Member <c>vm</c> of a file's line; QEMU sends none.</param>
    /// <param name="Host">Member <c>host</c> of a file's line; QEMU sends none.</param>
    public sealed record Event(QmpEvent Value, string? Vm, string? Host) : QmpMessage;

    /// <param name="Id">The command's id: a string's text, any other value's JSON; null when it had none.</param>
    public sealed record Return(string? Id, JsonElement Value) : QmpMessage;

    /// <param name="Id">As in <see cref="Return"/>; null too for commands that QEMU could not parse.</param>
    /// <param name="Class">Stable class of the error, e.g. <c>CommandNotFound</c>.</param>
    /// <param name="Description">For people; never to be parsed.</param>
    public sealed record Error(string? Id, string Class, string Description) : QmpMessage;
}
