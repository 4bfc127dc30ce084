using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A scope as the language sees it, and what one text was found to use of it.</summary>
internal sealed class ScopeBinding
{
    private readonly SortedSet<string> _firing = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _facts = new(StringComparer.Ordinal);
    private readonly List<ConclusionUse> _conclusions = [];
    private bool _age;

    public ScopeBinding(ConditionScope scope) => Scope = new CelScope<EvalContext>
    {
        // What is given from outside comes last and hides what is there anyway.
        Roots = Roots(scope).GroupBy(r => r.Name, r => r.Member).ToImmutableDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal),
        Functions = Functions(scope).ToImmutableDictionary(f => f.Name, StringComparer.Ordinal),
        Named = scope.Named,
        Container = scope.Container,
        Checked = scope.Checked,
    };

    public CelScope<EvalContext> Scope { get; }

    public ConditionReads Reads(ImmutableArray<CelMember<EvalContext>> reads) => new(
        [.. reads.Select(Member).OfType<ConditionReads.Member>().Distinct()],
        [.. reads.Select(r => r.Path).Where(p => IsBelow(p, "vm") || IsBelow(p, "host")).Distinct()],
        [.. reads.Select(r => r.Path).Where(p => IsBelow(p, "agg")).SelectMany(p => p == "agg" ? ConditionScope.AggregateNames : [p["agg.".Length..]]).Distinct()],
        reads.Any(r => IsBelow(r.Path, "key")),
        _age,
        [.. _firing],
        [.. _facts])
    {
        Event = reads.Any(r => IsBelow(r.Path, "event")),
        Conclusions = [.. _conclusions],
    };

    private static bool IsBelow(string path, string root) => path == root || path.StartsWith(root + ".", StringComparison.Ordinal);

    private static ConditionReads.Member? Member(CelMember<EvalContext> member) => member switch
    {
        DataMember data => new ConditionReads.Member(data.Step, data.SchemaPath),
        IWholeData whole => new ConditionReads.Member(whole.Step, null),
        ObjectMember root when root.Find("data") is IWholeData whole => new ConditionReads.Member(whole.Step, null),
        _ => null,
    };

    private static IEnumerable<(string Name, CelMember<EvalContext> Member)> Roots(ConditionScope scope)
    {
        if (scope.Events is { } events)
        {
            yield return ("event", EventRoot.Of("event", -1, events, scope.ForTexts, scope.Checked));
            if (scope.CurrentStep is { } current) yield return (current, EventRoot.Of(current, -1, events, scope.ForTexts));
        }

        for (var i = 0; i < scope.Steps.Length; i++)
        {
            if (scope.Steps[i].Name != scope.CurrentStep) yield return (scope.Steps[i].Name, EventRoot.Of(scope.Steps[i].Name, i, scope.Steps[i].Schemas, scope.ForTexts));
        }

        if (scope.HasVm) yield return ("vm", VmRoot.Member);
        if (scope.HasHost) yield return ("host", HostMember.Root);
        if (scope.Aggregates.Length > 0) yield return ("agg", AggregateRoot.Of(scope.Aggregates, scope.AggregateType));
        if (scope.Key.Length > 0) yield return ("key", new ObjectMember("key", [.. scope.Key.Select((p, i) => Value($"key.{p.Name}", p.Type, i, inKey: true))]));
        for (var i = 0; i < scope.Variables.Length; i++) yield return (scope.Variables[i].Name, Value(scope.Variables[i].Name, scope.Variables[i].Type, i, inKey: false));
    }

    private static ContextMember Value(string path, CelType type, int index, bool inKey)
    {
        var missing = new CelError($"'{path}' is not known here");
        return new ContextMember(path, type, (ref context, out value) =>
        {
            var values = inKey ? context.Key : context.Variables;
            value = index < values.Length ? values[index] : default;
            return index < values.Length ? null : missing;
        });
    }

    private IEnumerable<CelFunction<EvalContext>> Functions(ConditionScope scope)
    {
        yield return new("age", [CelType.Timestamp], call =>
        {
            _age = true;
            return new AgeNode(call.Span, call.Arguments[0]);
        });
        yield return new("glob", [CelType.String, CelType.String], call => new GlobNode(call.Span, call.Arguments[0], call.Arguments[1]));
        yield return new("firing", [CelType.String], call => Conclusion(call, scope.Conclusions, isAlert: true));
        yield return new("fact", [CelType.String], call => Conclusion(call, scope.Conclusions, isAlert: false));
        yield return new("in_list", [CelType.String, CelType.Dyn], call => InList(call, scope));
        yield return new("in_interval", [CelType.String, CelType.Timestamp], call => Named(call, scope.Intervals, "interval") is { } interval
            ? new IntervalNode(call.Span, interval, call.Arguments[1])
            : null);
    }

    private static InNode<EvalContext>? InList(CelFunction<EvalContext>.Call call, ConditionScope scope)
    {
        var list = Named(call, scope.Lists, "list");
        if (list.IsDefault) return null;
        var (sought, types) = (call.Arguments[1].Type, list.Select(CelType.Of).Distinct().ToArray());
        if (scope.Checked && types.Length > 0 && !types.Any(t => sought.Fits(t) || (sought.IsNumber && t.IsNumber)))
        {
            call.Report(new CelDiagnostic(call.Arguments[1].Span, $"a value of type {sought} cannot be in the list '{call.ConstantText(0)}'",
                sought.Is(CelKind.String) ? "its members are no texts: quote them" : $"its members are of type {string.Join(", ", types.Select(t => t.ToString()))}"));
            return null;
        }

        return InNode<EvalContext>.Create(call.Span, call.Arguments[1], new ConstantNode<EvalContext>(call.Span, CelValue.OfList(list.AsSpan())));
    }

    private ConclusionNode? Conclusion(CelFunction<EvalContext>.Call call, IConclusionScope? conclusions, bool isAlert)
    {
        if (call.ConstantText(0) is not { } name)
        {
            call.Report(new CelDiagnostic(call.Arguments[0].Span, "the name must be written out", "write it in quotes"));
            return null;
        }

        (isAlert ? _firing : _facts).Add(name);
        var use = new ConclusionUse(name, isAlert, -1, []);
        if (conclusions is not null)
        {
            if (conclusions.Find(name, isAlert, call.Arguments[0].Span, out var fault) is not { } found)
            {
                call.Report(fault!);
                return null;
            }

            use = found;
            if (!_conclusions.Contains(use)) _conclusions.Add(use);
        }

        return new ConclusionNode(call.Span, use);
    }

    private static TValue? Named<TValue>(CelFunction<EvalContext>.Call call, ImmutableDictionary<string, TValue> all, string what)
    {
        if (call.ConstantText(0) is not { } name) call.Report(new CelDiagnostic(call.Arguments[0].Span, $"the {what}'s name must be written out", "write it in quotes"));
        else if (all.TryGetValue(name, out var found)) return found;
        else call.Report(new CelDiagnostic(call.Arguments[0].Span, $"unknown {what} '{name}'", CelSuggestion.For(name, all.Keys)));
        return default;
    }
}
