using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>Where windows that do not slide begin and end. Event times in microseconds.</summary>
internal abstract class PaneShape
{
    public static PaneShape Of(BoundOperator.Window window)
    {
        var (within, gap) = (window.Within.Ticks / TimeSpan.TicksPerMicrosecond, window.Gap.Ticks / TimeSpan.TicksPerMicrosecond);
        return window.Kind == WindowKind.Tumbling ? new Tumbling(within) : new Session(gap, within > 0 ? within : long.MaxValue / 4);
    }

    /// <summary>How far the first event of a window may lie before its end.</summary>
    public abstract long Length { get; }

    /// <summary>Where a window that begins with an event begins.</summary>
    public abstract long Start(long at);

    /// <summary>Whether an event of this time belongs to the window.</summary>
    public abstract bool Takes(Pane pane, long at);

    /// <summary>Whether two windows, the earlier one first, are one.</summary>
    public abstract bool AreOne(Pane earlier, Pane later);

    /// <summary>When the window is over, as far as is known.</summary>
    public abstract long End(Pane pane);

    /// <summary>The first microsecond that belongs to a later window than one that ended then.</summary>
    public abstract long After(long end);

    /// <summary>End of the window without events that begins there; <see cref="long.MaxValue"/> when there is no such thing.</summary>
    public abstract long EndOfEmpty(long start);

    private sealed class Tumbling(long within) : PaneShape
    {
        public override long Length => within;

        public override long Start(long at) => at - ((at % within) + within) % within;

        public override bool Takes(Pane pane, long at) => at >= pane.Start && at < pane.Start + within;

        public override bool AreOne(Pane earlier, Pane later) => false;

        public override long End(Pane pane) => pane.Start + within;

        public override long After(long end) => end;

        public override long EndOfEmpty(long start) => start + within;
    }

    // An event at exactly the end prolongs it.
    private sealed class Session(long gap, long longest) : PaneShape
    {
        public override long Length => Math.Max(gap, longest == long.MaxValue / 4 ? 0 : longest);

        public override long Start(long at) => at;

        public override bool Takes(Pane pane, long at) =>
            at >= pane.First - gap && at <= pane.Last + gap && Math.Max(at, pane.Last) - Math.Min(at, pane.First) <= longest;

        public override bool AreOne(Pane earlier, Pane later) => later.First - earlier.Last <= gap && later.Last - earlier.First <= longest;

        public override long End(Pane pane) => Math.Min(pane.Last + gap, pane.First + longest);

        public override long After(long end) => end + 1;

        public override long EndOfEmpty(long start) => long.MaxValue;
    }
}
