namespace Qualm.Ingest.Documents;

/// <summary>What was found in a file.</summary>
public enum DocumentItemKind
{
    /// <summary>A sound event.</summary>
    Event,

    /// <summary>Bytes that could not be decoded.</summary>
    Garbage,

    /// <summary>A sound message of QMP that is no event: a greeting, a reply, a command.</summary>
    Skipped,
}
