using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>What stands in the <c>headers</c> of our events. They mark a row as ours; a row without <c>qualm</c> is foreign.</summary>
/// <remarks>
/// As JSON: <c>qualm</c> (kind), <c>at</c> (event time in microseconds), <c>source</c>, <c>host</c>, <c>epoch</c>, <c>n</c>,
/// <c>marks</c> (absent when none), <c>weight</c> (absent when 1), <c>first</c> (event time of the first
/// of those that the event stands for; absent when it is <c>at</c>), <c>raw</c> (true when the raw bytes are kept). Absent texts and zeroes are left out.
/// </remarks>
/// <param name="At">Event time, the stamp standing in where there is none.</param>
/// <param name="Source">See <see cref="EventOrigin.Source"/>; null when it came from nowhere outside.</param>
/// <param name="Host">Name of the host; null when unknown.</param>
/// <param name="Epoch">See <see cref="EventOrigin.Epoch"/>; 0 when there is none.</param>
/// <param name="Ordinal">Place among the events of its origin; 0 when there is none.</param>
public readonly record struct EventHeaders(
    RowKind Kind, Instant At, string? Source = null, string? Host = null, long Epoch = 0, long Ordinal = 0, EventMarks Marks = EventMarks.None)
{
    private readonly long _above;
    private readonly long _before;

    /// <summary>How many equal events this one stands for, from 1.</summary>
    public long Weight
    {
        get => _above + 1;
        init => _above = value - 1;
    }

    /// <summary>Event time of the first of those that this one stands for; <see cref="At"/> is that of the last.</summary>
    public Instant First
    {
        get => new(At.Micros - _before);
        init => _before = At.Micros - value.Micros;
    }

    /// <summary>Whether the raw bytes are kept beside the event.</summary>
    public bool HasRaw { get; init; }
}
