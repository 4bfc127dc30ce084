namespace Qualm.Model;

/// <summary>The newest memory dump of one VM.</summary>
public sealed class DumpState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly DumpState None = new();

    /// <summary>Whether one ever completed or failed.</summary>
    public bool Known { get; internal set; }

    /// <summary><c>completed</c> or <c>failed</c>; <c>none</c> until known.</summary>
    public string Status { get; internal set; } = "none";

    /// <summary>Empty when it did not fail.</summary>
    public string Error { get; internal set; } = "";

    /// <summary>Bytes written.</summary>
    public long Completed { get; internal set; }

    /// <summary>Bytes to write.</summary>
    public long Total { get; internal set; }

    /// <summary>Event time of its end.</summary>
    public Instant LastAt { get; internal set; }
}
