using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Engine.Turns;

/// <summary>Feeds a timeline with rows of the log, as they were fed when they were recorded.</summary>
/// <param name="compile">Compiles a recorded rule set; null when it is to be passed over, as under a set of the reader's own.</param>
internal sealed class History(Timeline timeline, IDecisionSink sink, Func<RuleSetText, RuleSet>? compile)
{
    private const string VmStream = "vm/";

    private readonly Dictionary<string, (EventSchema? Schema, string Name)> _types = new(StringComparer.Ordinal);
    private readonly VmState?[] _next = new VmState?[Ahead.Batch];

    public Timeline Timeline => timeline;

    /// <summary>Inputs fed, by whomever.</summary>
    public long Fed => timeline.Inputs;

    /// <summary>Whether rules took over that should have been fed from before on, and were not, because nobody knew of them: from there on other things are decided than were.</summary>
    public bool HasMissedWarming { get; private set; }

    /// <summary>Feeds the inputs among the rows: what sources sent, what the engine recorded of itself. Decisions are passed over.</summary>
    public void Feed(LogBatch batch) => Feed(batch.Rows);

    /// <summary>The same for any part of them: how they fall into batches changes nothing.</summary>
    public void Feed(ReadOnlySpan<LogRow> rows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (i % Ahead.Batch == 0) Approach(rows[i..Math.Min(rows.Length, i + Ahead.Batch)]);
            ref readonly var row = ref rows[i];
            if (row.Headers.Kind is RowKind.Live or RowKind.Import or RowKind.Engine) Feed(row, i % Ahead.Batch);
        }
    }

    private void Approach(ReadOnlySpan<LogRow> rows)
    {
        foreach (ref readonly var row in rows)
        {
            if (row.Stream.StartsWith(VmStream, StringComparison.Ordinal)) timeline.Fleet.Foresee(row.Stream.AsSpan(VmStream.Length));
        }

        for (var i = 0; i < rows.Length; i++)
        {
            _next[i] = rows[i].Stream.StartsWith(VmStream, StringComparison.Ordinal) ? timeline.Fleet.Approach(rows[i].Stream.AsSpan(VmStream.Length)) : null;
        }

        for (var i = 0; i < rows.Length; i++) timeline.Look(i, TypeOf(rows[i].Type).Schema, _next[i], Timeline.WithoutEmpty(rows[i].Data.Span));
        timeline.Approach(rows.Length);
    }

    private void Feed(in LogRow row, int place)
    {
        if (row.Type == EngineEvents.RulesActivated)
        {
            Activate(row);
            return;
        }

        if (row.Type == EngineEvents.Acknowledged && row.Headers.Kind == RowKind.Engine)
        {
            timeline.Take(EngineEvents.ReadAcknowledge(row.Data), row.Recorded, row.Position, sink);
            return;
        }

        var (schema, name) = TypeOf(row.Type);
        var data = Timeline.WithoutEmpty(row.Data.Span);
        var vm = row.Stream.StartsWith(VmStream, StringComparison.Ordinal) ? timeline.Fleet.GetOrAddVm(row.Stream.AsSpan(VmStream.Length)) : null;
        timeline.Feed(
            new EventView
            {
                Schema = schema,
                Name = name,
                Data = data,
                Slots = timeline.SlotsOf(schema, data, place),
                At = row.At,
                Stamp = row.Recorded,
                Position = row.Position,
                Marks = row.Headers.Marks,
                Weight = row.Headers.Weight,
                Vm = vm,
                Host = row.Headers.Host is { } host ? timeline.Fleet.GetOrAddHost(host) : vm?.Host,
                Source = row.Headers.Source ?? "",
            },
            sink);
    }

    private void Activate(in LogRow row)
    {
        if (compile is null)
        {
            timeline.PassOver(row.Recorded, row.Position, sink);
            return;
        }

        var activation = EngineEvents.ReadActivation(row.Data, row.Recorded);
        HasMissedWarming |= activation.WarmedFrom is not null && !timeline.Expects(activation);
        timeline.Activate(compile(activation.Rules), activation, row.Position, sink);
    }

    private (EventSchema? Schema, string Name) TypeOf(string type)
    {
        if (_types.TryGetValue(type, out var known)) return known;
        var name = type.ToUpperInvariant();
        var schema = timeline.Catalogue.Find(name);
        return _types[type] = (schema, schema?.Name ?? name);
    }
}
