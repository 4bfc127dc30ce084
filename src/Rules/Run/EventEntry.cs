namespace Qualm.Rules.Run;

/// <summary>One event of a log: times in microseconds.</summary>
internal struct EventEntry
{
    public long At;
    public long Stamp;
    public long Position;
    public long Weight;
}
