using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>What <c>event</c>, or a step, offers.</summary>
internal static class EventRoot
{
    /// <param name="name">What it is called in the text.</param>
    /// <param name="step">Index of the step; -1 for the event at hand.</param>
    /// <param name="schemas">What it may be; empty when it may be anything.</param>
    /// <param name="forTexts">Whether the position may be read.</param>
    /// <param name="closed">Whether a known event has the members of its schema and no others.</param>
    public static ObjectMember Of(string name, int step, ImmutableArray<EventSchema> schemas, bool forTexts, bool closed = true)
    {
        var data = Data($"{name}.data", step, schemas, closed);
        var members = step < 0 ? AtHand(name) : Earlier(name, new EventSource(step));
        return new ObjectMember(name, [data, .. forTexts ? members : members.Where(m => m.Path != $"{name}.position")]);
    }

    private static CelMember<EvalContext> Data(string path, int step, ImmutableArray<EventSchema> schemas, bool closed)
    {
        var open = new JsonMember(path, step, []);
        if (schemas.Length == 0) return open;
        var known = DataMember.Root(path, step, schemas);
        return closed ? known : new OpenMember(known, open);
    }

    private static ContextMember[] AtHand(string name) =>
    [
        Make($"{name}.name", CelType.String, static (ref c) => CelValue.Of(c.Event.Name)),
        Make($"{name}.at", CelType.Timestamp, static (ref c) => CelValue.Of(c.Event.At)),
        Make($"{name}.source", CelType.String, static (ref c) => CelValue.Of(c.Event.Source ?? "")),
        Make($"{name}.vm", CelType.String, static (ref c) => c.Event.Vm is { } vm ? CelValue.Of(vm.Id) : CelValue.Null),
        Make($"{name}.position", CelType.Int, static (ref c) => CelValue.Of(c.Event.Position.Value)),
    ];

    private static ContextMember[] Earlier(string name, EventSource source) =>
    [
        Make($"{name}.name", CelType.String, source, static e => CelValue.Of(e.Name)),
        Make($"{name}.at", CelType.Timestamp, source, static e => CelValue.Of(e.At)),
        Make($"{name}.source", CelType.String, source, static e => CelValue.Of(e.Source)),
        Make($"{name}.vm", CelType.String, source, static e => e.Vm is null ? CelValue.Null : CelValue.Of(e.Vm)),
        Make($"{name}.position", CelType.Int, source, static e => CelValue.Of(e.Position.Value)),
    ];

    private delegate CelValue Reader(ref EvalContext context);

    private static ContextMember Make(string path, CelType type, Reader read)
    {
        var missing = new CelError($"'{path}' is not known");
        return new(path, type, (ref context, out value) =>
        {
            value = default;
            if (!context.HasEvent) return EventSource.NoEvent;
            value = read(ref context);
            return value.Kind == CelKind.Null ? missing : null;
        });
    }

    private static ContextMember Make(string path, CelType type, EventSource source, Func<CapturedEvent, CelValue> read)
    {
        var missing = new CelError($"'{path}' is not known");
        return new(path, type, (ref context, out value) =>
        {
            value = default;
            if (source.Captured(ref context, out var captured) is { } error) return error;
            value = read(captured!);
            return value.Kind == CelKind.Null ? missing : null;
        });
    }
}
