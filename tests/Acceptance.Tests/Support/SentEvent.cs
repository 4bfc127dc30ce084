namespace Qualm.Acceptance.Tests.Support;

/// <summary>An event that a fake QEMU sent.</summary>
/// <param name="Connection">Which of its connections, from 1.</param>
/// <param name="Serial">Place among the events of the connection, from 1.</param>
internal sealed record SentEvent(string Vm, int Connection, int Serial, string Name)
{
    public override string ToString() => $"{Vm} connection {Connection} no. {Serial}";
}
