namespace Qualm.Model;

/// <summary>Background jobs of one VM.</summary>
public sealed class JobsState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly JobsState None = new();

    /// <summary>Jobs that are created and not yet concluded, by id; ordinal order.</summary>
    public NamedStates<JobState> ById { get; } = new();

    /// <summary>How many jobs are under way: those of <see cref="ById"/>.</summary>
    public int Running => ById.Count;

    /// <summary>BLOCK_JOB_COMPLETED without an error.</summary>
    public long Completed { get; internal set; }

    /// <summary>BLOCK_JOB_COMPLETED with an error.</summary>
    public long Failed { get; internal set; }

    public long Cancelled { get; internal set; }

    /// <summary>BLOCK_JOB_ERROR events, their weights added.</summary>
    public long Errors { get; internal set; }

    /// <summary>Error text of the newest failed job; empty while none failed.</summary>
    public string LastError { get; internal set; } = "";

    /// <summary>A job that ended, to be used again for the next one that starts.</summary>
    internal JobState? Spare { get; set; }

    internal JobState TakeSpare()
    {
        var job = Spare ?? new JobState();
        Spare = null;
        job.Status = "undefined";
        job.Type = "";
        return job;
    }
}
