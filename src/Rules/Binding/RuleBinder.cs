using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;
using Qualm.Rules.Network;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Binds one rule: looks every name up and compiles every expression.</summary>
/// <param name="conclusions">What the rule may ask of others.</param>
internal sealed class RuleBinder(EventCatalogue catalogue, ExpressionBinder expressions, ConclusionScope conclusions, IReadOnlySet<string>? receivers, DiagnosticBag bag)
{
    private static readonly TimeSpan DefaultLateness = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastLateness = TimeSpan.FromSeconds(1.5);

    /// <returns>Null when something is wrong with it; the reasons are in the diagnostics.</returns>
    public BoundRule? Bind(RuleSyntax rule)
    {
        var errors = bag.Errors;
        CheckSupported(rule);
        var keys = new KeyBinder(catalogue, expressions, bag);
        var matches = new MatchBinder(catalogue, expressions, keys, bag);
        var parts = keys.Name(rule);
        var match = rule.On.IsEmpty ? null : matches.Bind(rule.On, rule.Where, parts, rule.Vars, rule.On[0].Span, mayLackKey: false);
        if (rule.On.IsEmpty && rule.Where is { } where && rule.Operator is not OperatorSyntax.Absent and not OperatorSyntax.Any and not OperatorSyntax.When and not OperatorSyntax.Ratio and not OperatorSyntax.Sequence and not OperatorSyntax.All)
            bag.Error(Codes.PointlessKey, where.Span, "'where' needs the key 'on'");
        var operation = new OperatorBinder(matches, bag).Bind(rule, parts);
        var resolve = operation is null ? null : new ResolveBinder(matches, bag).Bind(rule, operation, parts);
        var texts = new TextBinder(expressions, bag).Bind(rule, Scope(rule, matches, parts), parts);
        var named = BindReceivers(rule);
        var exceptions = BindExceptions(rule, parts);
        if (bag.Errors > errors || operation is null || resolve is null || rule.Mode == RuleMode.Disabled) return null;
        var bound = Compose(rule, parts, match, operation, resolve, texts) with { Receivers = named, Exceptions = exceptions, Unacknowledged = BindEscalation(rule), Asks = conclusions.Asked.Count > 0 };
        return bound with { Sources = [.. Events(bound).Concat(conclusions.Asked).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] };
    }

    private static IEnumerable<string> Events(BoundRule rule) =>
        DispatchNetwork.Patterns(rule).SelectMany(p => p.Match.Events).Where(DerivedEvents.IsDerived).Select(e => e.Name);

    private static BoundRule Compose(
        RuleSyntax rule, ImmutableArray<KeyBinder.Part> parts, BoundMatch? match, BoundOperator operation, BoundResolve resolve, TextBinder.Texts texts)
    {
        var lateness = rule.Lateness?.Value ?? DefaultLateness;
        var within = rule.Within?.Value ?? TimeSpan.Zero;
        var reach = resolve.Alternatives.Select(a => (a.Quiet ?? TimeSpan.Zero) + a.For + (a.When?.Limits.Append(TimeSpan.Zero).Max() ?? TimeSpan.Zero)).Append(within).Append(rule.Cooldown?.Value ?? TimeSpan.Zero)
            .Concat(operation is BoundOperator.When state ? state.Test.Limits : [])
            .Append(operation is BoundOperator.Window window ? window.LookBack : TimeSpan.Zero).Max();
        var bound = new BoundRule
        {
            Name = rule.Name.Value,
            Kind = KindOf(rule),
            Values = texts.Values,
            Location = $"{rule.Name.Span.File}:{rule.Name.Span.Line}",
            KeyNames = [.. parts.Select(p => p.Name)],
            Key = match?.Key ?? FirstKey(operation),
            Match = match,
            Operator = operation,
            Resolve = resolve,
            Lateness = lateness,
            For = rule.For?.Value ?? TimeSpan.Zero,
            Cooldown = rule.Cooldown?.Value ?? TimeSpan.Zero,
            Renotify = rule.Kind == RuleKind.Alert ? rule.Renotify?.Value ?? TimeSpan.Zero : TimeSpan.Zero,
            Ladder = texts.Ladder,
            Labels = texts.Labels,
            Annotations = texts.Annotations,
            RunbookUrl = rule.RunbookUrl?.Value,
            Receivers = [],
            Exceptions = [],
            Shadow = rule.Mode == RuleMode.Shadow,
            OnGap = rule.OnGap?.Value ?? GapPolicy.Unknown,
            ShowsEvent = ShowsEvent(texts.Reads, match?.Key ?? FirstKey(operation)),
            ShowsSteps = texts.ShowsSteps,
            ShowsMembers = texts.ShowsMembers,
            LadderAddsUp = texts.LadderAddsUp,
            Definition = "",
            LookBack = reach + (rule.For?.Value ?? TimeSpan.Zero) + lateness,
        };
        return bound with { Definition = DefinitionText.Write(rule, bound) };
    }

    // What is kept for each key anyway shows its own VM and host.
    private static bool ShowsEvent(ConditionReads reads, BoundKey key)
    {
        var (vm, host) = (key.Parts.Any(p => p.Source == KeySource.Vm), key.Parts.Any(p => p.Source == KeySource.Host));
        return reads.Event || reads.Members.Any(m => m.Step < 0) || (reads.ReadsVm && !vm) || (reads.ReadsHost && !vm && !host);
    }

    private static BoundKey FirstKey(BoundOperator operation) => operation switch
    {
        BoundOperator.Any any => any.Branches[0].Key,
        BoundOperator.Absent absent => absent.Awaited.Key,
        BoundOperator.Ratio ratio => ratio.Numerator.Key,
        BoundOperator.When state => state.Around.Key,
        BoundOperator.Steps steps => steps.All[0].Match.Key,
        _ => throw new InvalidOperationException($"operator {operation} has no events of its own"),
    };

    // What texts may read: the events that match, whichever operator they belong to.
    private static ExpressionScope Scope(RuleSyntax rule, MatchBinder matches, ImmutableArray<KeyBinder.Part> parts)
    {
        var on = rule.Operator switch
        {
            OperatorSyntax.Any any => [.. any.Branches.SelectMany(b => b.On).DistinctBy(n => n.Value)],
            OperatorSyntax.Ratio ratio => ratio.Numerator.On,
            OperatorSyntax.Sequence sequence => Events(sequence.Steps),
            OperatorSyntax.All all => Events(all.Steps),
            OperatorSyntax.Absent absent when rule.On.IsEmpty => absent.Awaited.On,
            _ => rule.On,
        };
        if (rule.Operator is OperatorSyntax.When) return MatchBinder.StateScope(parts, rule.Vars);
        var scope = matches.Scope(on, parts, rule.Vars) ?? new ExpressionScope([], true, rule.Vars, [.. parts.Select(p => p.Name)]);
        var steps = rule.Operator is OperatorSyntax.Sequence or OperatorSyntax.All ? OperatorBinder.Required(rule.Operator) : [];
        return scope with { Aggregates = [.. Computed(rule.Operator), .. scope.Aggregates], Steps = matches.Steps(steps) ?? [] };
    }

    private static ImmutableArray<Scalar> Events(ImmutableArray<StepSyntax> steps) => [.. steps.Where(s => !s.Unless).SelectMany(s => s.Match.On).DistinctBy(n => n.Value)];

    private static ImmutableArray<string> Computed(OperatorSyntax operation) => operation switch
    {
        OperatorSyntax.Aggregate { Function: "distinct" } => ["distinct", "members"],
        OperatorSyntax.Aggregate { Function: "sum" or "avg" } => ["sum", "avg"],
        OperatorSyntax.Aggregate aggregate => [aggregate.Function],
        OperatorSyntax.Ratio { Distinct: not null } => ["ratio", "distinct", "members"],
        OperatorSyntax.Ratio or OperatorSyntax.Flap => ["ratio"],
        _ => [],
    };

    private void CheckSupported(RuleSyntax rule)
    {
        CheckKind(rule);
        if (rule.Lateness is { } lateness && lateness.Value < LeastLateness)
            bag.Error(Codes.OutOfRange, lateness.Span, "'lateness' must be at least 1500ms", "QEMU delays rate-limited events by up to 1s");
        if (rule.For is { } length && length.Value <= TimeSpan.Zero) bag.Error(Codes.OutOfRange, length.Span, "'for' must be longer than nothing");
        foreach (var action in rule.Actions.Where(a => a.After?.Value <= TimeSpan.Zero)) bag.Error(Codes.OutOfRange, action.After!.Value.Span, "'after' must be longer than nothing");
        if (rule.Renotify is { } again && again.Value <= TimeSpan.Zero) bag.Error(Codes.OutOfRange, again.Span, "'renotify' must be longer than nothing");
    }

    private void CheckKind(RuleSyntax rule)
    {
        if (rule.Kind != RuleKind.Emit && !rule.Values.IsEmpty) bag.Error(Codes.BadValue, rule.Values[0].Key.Span, "'values' says nothing without 'emit'", "an alert shows what it knows in its texts");
        if (rule.Kind == RuleKind.Alert) return;
        var what = rule.Kind == RuleKind.Emit ? "an event" : "a fact";
        if (!rule.Actions.IsEmpty) bag.Error(Codes.TellsNobody, rule.Actions[0].Receivers.IsEmpty ? rule.Span : rule.Actions[0].Receivers[0].Span, $"nobody is told of {what}", "make an alert of it, with 'on' or 'when'");
        if (rule.Renotify is { } again) bag.Error(Codes.TellsNobody, again.Span, $"nobody is told of {what}, so nobody is told again");
        if (!rule.Inhibits.IsEmpty) bag.Error(Codes.TellsNobody, rule.Inhibits[0].Alert.Span, "only an alert mutes others", "ask for it with fact() in the 'where' of the others, or make it an alert");
        var isPoint = rule.Operator is OperatorSyntax.Each or OperatorSyntax.Any or OperatorSyntax.Sequence or OperatorSyntax.All;
        if (rule.Kind != RuleKind.Emit || !isPoint || rule.Resolve is not null) return;
        if (rule.For is { } held) bag.Error(Codes.PointlessKey, held.Span, "'for' says nothing where each match is an event of its own", "say with 'resolve' what would undo it");
        if (rule.Cooldown is { } pause) bag.Error(Codes.PointlessKey, pause.Span, "'cooldown' says nothing where each match is an event of its own", "say with 'resolve' when it is over");
    }

    private static ConclusionKind KindOf(RuleSyntax rule) => rule.Kind switch
    {
        RuleKind.Emit => ConclusionKind.Event,
        RuleKind.Fact => ConclusionKind.Fact,
        _ => ConclusionKind.Alert,
    };

    private ImmutableArray<ImmutableArray<string>> BindReceivers(RuleSyntax rule)
    {
        foreach (var receiver in rule.Actions.SelectMany(a => a.Receivers))
        {
            if (receivers is null || receivers.Contains(receiver.Value)) continue;
            bag.Error(Codes.UnknownReceiver, receiver.Span, $"unknown receiver '{receiver.Value}'",
                Suggestion.For(receiver.Value, receivers) ?? "receivers are set up in the configuration");
        }

        var kinds = Enum.GetValues<TransitionKind>();
        return [.. kinds.Select(kind => rule.Actions.Where(a => a.After is null && Tells(a, kind)).SelectMany(a => a.Receivers).Select(r => r.Value).Distinct().ToImmutableArray())];
    }

    private static BoundEscalation? BindEscalation(RuleSyntax rule) =>
        rule.Actions.FirstOrDefault(a => a.After is not null) is { } action
            ? new BoundEscalation(action.After!.Value.Value, [.. action.Receivers.Select(r => r.Value).Distinct(StringComparer.Ordinal)])
            : null;

    // A list of receivers hears of pages, their ends and their severity; what is pending is nobody's trouble yet.
    private static bool Tells(ActionsSyntax action, TransitionKind kind) =>
        action.Transition is { } only ? only == kind : kind is not (TransitionKind.Pending or TransitionKind.Acknowledged);

    private ImmutableArray<ImmutableArray<(int Part, string Value)>> BindExceptions(RuleSyntax rule, ImmutableArray<KeyBinder.Part> parts)
    {
        var bound = ImmutableArray.CreateBuilder<ImmutableArray<(int, string)>>();
        foreach (var exception in rule.Exceptions)
        {
            var values = ImmutableArray.CreateBuilder<(int, string)>();
            foreach (var (name, value) in exception.Parts)
            {
                var index = parts.ToList().FindIndex(p => p.Name == name.Value);
                if (index >= 0) values.Add((index, value.Value));
                else bag.Error(Codes.NotInKey, name.Span, $"'{name.Value}' is no part of the rule's key", Suggestion.For(name.Value, parts.Select(p => p.Name)));
            }

            bound.Add(values.ToImmutable());
        }

        return bound.ToImmutable();
    }
}
