namespace Qualm.Ingest.Client;

/// <summary>How far a monitor's connection has come.</summary>
public enum MonitorPhase
{
    /// <summary>Connecting, or waiting for the greeting or the VM's identity.</summary>
    Connecting,

    /// <summary>Events flow.</summary>
    Connected,

    /// <summary>Connected, while another monitor of the VM speaks for it.</summary>
    StandingBy,

    /// <summary>Lost or refused; there will be another attempt.</summary>
    Waiting,

    /// <summary>Ended for good: its socket is gone, or the peer that dialled in has left.</summary>
    Gone,
}
