using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Where an event's members are read from: the event at hand, or an earlier step.</summary>
/// <param name="step">Index of the step; -1 for the event at hand.</param>
internal readonly struct EventSource(int step)
{
    public static readonly CelError NoEvent = new("there is no event");
    private static readonly CelError NoStep = new("the step has not come");

    public int Step => step;

    public static CelError Missing(int step) => step < 0 ? NoEvent : NoStep;

    /// <summary>The bytes of the data and the slots in it; false when there is no such event.</summary>
    public bool TryGet(ref EvalContext context, out EventSchema? schema, out ReadOnlySpan<byte> data, out ReadOnlySpan<MemberSlot> slots)
    {
        if (step < 0)
        {
            schema = context.Event.Schema;
            data = context.Event.Data;
            slots = context.Event.Slots;
            return context.HasEvent;
        }

        if (step < context.Steps.Length && context.Steps[step] is { } captured)
        {
            schema = captured.Schema;
            data = captured.Data.Span;
            slots = captured.Slots.Span;
            return true;
        }

        schema = null;
        data = default;
        slots = default;
        return false;
    }

    public CelError? Captured(ref EvalContext context, out CapturedEvent? captured)
    {
        captured = step < context.Steps.Length ? context.Steps[step] : null;
        return captured is null ? NoStep : null;
    }
}
