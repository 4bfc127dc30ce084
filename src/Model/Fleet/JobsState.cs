namespace Qualm.Model;

/// <summary>Background jobs of one VM.</summary>
public sealed class JobsState
{
    /// <summary>Jobs that are created and not yet concluded, by id; ordinal order.</summary>
    public SortedDictionary<string, JobState> ById { get; } = new(StringComparer.Ordinal);

    /// <summary>How many jobs are under way.</summary>
    public int Running { get; internal set; }

    /// <summary>BLOCK_JOB_COMPLETED without an error.</summary>
    public long Completed { get; internal set; }

    /// <summary>BLOCK_JOB_COMPLETED with an error.</summary>
    public long Failed { get; internal set; }

    public long Cancelled { get; internal set; }

    /// <summary>BLOCK_JOB_ERROR events, their weights added.</summary>
    public long Errors { get; internal set; }

    /// <summary>Error text of the newest failed job; empty while none failed.</summary>
    public string LastError { get; internal set; } = "";
}
