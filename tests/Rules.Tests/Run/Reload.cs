namespace Qualm.Rules.Tests.Run;

/// <summary>A timeline whose rules give way to others, which are warmed meanwhile.</summary>
internal sealed class Reload
{
    private readonly RuleSet _next;
    private readonly long _from;

    /// <param name="from">When warming begins, in milliseconds; what comes after the first event begins with the first of them.</param>
    public Reload(string before, string next, long from = 0)
        : this(Timeline.Compile(Timeline.Group(before)), Timeline.Compile(Timeline.Group(next)), from)
    {
    }

    public Reload(RuleSet before, RuleSet next, long from = 0)
    {
        (_next, _from, Timeline) = (next, from, new Timeline(before));
        Warming = new RuleWarming(before, next);
        if (from == 0) Begin();
    }

    public Timeline Timeline { get; }

    public RuleWarming Warming { get; }

    /// <summary>Activates the next set at this stamp.</summary>
    public Timeline At(long stamp)
    {
        if (_from > 0)
        {
            Timeline.Tick(_from);
            Begin();
        }

        Timeline.Session.Activate(_next, Timeline.Ms(stamp), Timeline, Warming);
        return Timeline;
    }

    private void Begin()
    {
        Warming.Begin(Timeline.Ms(_from), Timeline.Fleet.Vms, Timeline.Fleet.Hosts);
        Timeline.Session.Foresee(Warming);
    }
}
