namespace Qualm.Acceptance.Tests.Support;

/// <summary>How a fake QEMU writes.</summary>
/// <param name="Pretty">Over many lines, as with <c>pretty=on</c>.</param>
/// <param name="Chunk">Bytes in one write; 0: each message in one.</param>
/// <param name="Silent">Accepts a connection and never greets, as QEMU does with a second client.</param>
internal sealed record FakeStyle(bool Pretty = false, int Chunk = 0, bool Silent = false)
{
    public static readonly FakeStyle Plain = new();
}
