namespace Qualm.Model;

/// <summary>Virtio-serial ports of one VM.</summary>
public sealed class PortsState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly PortsState None = new();

    /// <summary>Name of the port that the QEMU guest agent opens.</summary>
    public const string AgentPort = "org.qemu.guest_agent.0";

    /// <summary>Whether the guest holds it open, by id; ordinal order.</summary>
    public NamedStates<bool> Open { get; } = new();

    /// <summary>Whether a port of the guest agent was ever seen.</summary>
    public bool AgentKnown { get; internal set; }

    /// <summary>Whether the guest agent holds its port open.</summary>
    public bool AgentConnected { get; internal set; }

    /// <summary>Event time of the agent's newest change.</summary>
    public Instant AgentSince { get; internal set; }
}
