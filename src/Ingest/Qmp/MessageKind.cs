namespace Qualm.Ingest.Qmp;

/// <summary>What a JSON message is to QMP.</summary>
public enum MessageKind : byte
{
    /// <summary>Not JSON, or an event or reply whose members are of the wrong kind.</summary>
    Malformed,
    Event,
    Greeting,
    Return,
    Error,

    /// <summary>What a client sends: it has <c>execute</c> or <c>exec-oob</c>.</summary>
    Command,

    /// <summary>A JSON object that is none of these.</summary>
    Other,
}
