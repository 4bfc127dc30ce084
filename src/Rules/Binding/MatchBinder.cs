using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Binds names of events and their conditions.</summary>
internal sealed class MatchBinder(EventCatalogue catalogue, ExpressionBinder expressions, KeyBinder keys, DiagnosticBag bag)
{
    /// <param name="mayLackKey">Whether the events may have but a part of the rule's key.</param>
    /// <returns>Null when something is wrong with it.</returns>
    public BoundMatch? Bind(
        ImmutableArray<Scalar> on, Scalar? where, ImmutableArray<KeyBinder.Part> parts,
        ImmutableArray<KeyValuePair<Scalar, Scalar>> vars, SourceSpan place, bool mayLackKey)
    {
        if (Scope(on, parts, vars) is not { } scope) return null;
        var test = where is null ? null : expressions.Condition(where, scope);
        var key = keys.Bind(parts, scope, place, mayLackKey);
        return key is null || (where is not null && test is null) ? null : new BoundMatch(scope.Events, scope.Any, test, key);
    }

    /// <summary>Steps as expressions name them.</summary>
    /// <returns>Null when an event is not known.</returns>
    public ImmutableArray<ConditionScope.Step>? Steps(ImmutableArray<StepSyntax> steps)
    {
        var named = ImmutableArray.CreateBuilder<ConditionScope.Step>();
        foreach (var step in steps)
        {
            if (Scope(step.Match.On, [], []) is not { } scope) return null;
            named.Add(new ConditionScope.Step(step.Match.Name!.Value, scope.Events));
        }

        return named.ToImmutable();
    }

    public ExpressionBinder Expressions => expressions;

    public KeyBinder Keys => keys;

    /// <summary>Every event that has the rule's key: those after which its state may have changed.</summary>
    /// <param name="mayLackKey">Whether parts that are made of the data of events do not count, since the state changes without them.</param>
    public BoundMatch? Around(ImmutableArray<KeyBinder.Part> parts, ImmutableArray<KeyValuePair<Scalar, Scalar>> vars, SourceSpan place, bool mayLackKey = false) =>
        keys.Bind(parts, StateScope(parts, vars) with { HasEvent = true }, place, mayLackKey, looksAtState: true) is { } key ? new BoundMatch([], true, null, key) : null;

    /// <summary>What conditions over state may name.</summary>
    public static ExpressionScope StateScope(ImmutableArray<KeyBinder.Part> parts, ImmutableArray<KeyValuePair<Scalar, Scalar>> vars) =>
        new([], true, vars, [.. parts.Select(p => p.Name)]) { HasEvent = false };

    /// <returns>Null when an event is not known.</returns>
    public ExpressionScope? Scope(ImmutableArray<Scalar> on, ImmutableArray<KeyBinder.Part> parts, ImmutableArray<KeyValuePair<Scalar, Scalar>> vars)
    {
        var events = new SortedDictionary<int, EventSchema>();
        var (any, faulty) = (false, false);
        foreach (var name in on)
        {
            if (name.Value == "*")
            {
                any = true;
            }
            else if (catalogue.Find(name.Value) is { } schema)
            {
                if (!events.TryAdd(schema.Id, schema)) bag.Error(Codes.DuplicateName, name.Span, $"event {name.Value} is named twice");
            }
            else
            {
                bag.Error(Codes.UnknownEvent, name.Span, $"unknown event '{name.Value}'", Suggestion.For(name.Value, catalogue.Events.Select(e => e.Name)));
                faulty = true;
            }
        }

        foreach (var name in any ? on.Where(n => events.Values.Any(e => e.Name == n.Value && DerivedEvents.IsDerived(e))) : [])
        {
            bag.Error(Codes.KeysDisagree, name.Span, $"'*' takes every recorded event, and '{name.Value}' is derived by a rule", "write a rule for each");
            faulty = true;
        }

        return faulty ? null : new ExpressionScope(any ? [] : [.. events.Values], any, vars, [.. parts.Select(p => p.Name)]);
    }
}
