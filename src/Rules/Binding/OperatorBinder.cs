using System.Collections.Immutable;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Binds the operator of a rule, and says what this version cannot run.</summary>
internal sealed class OperatorBinder(MatchBinder matches, DiagnosticBag bag)
{
    private readonly WindowBinder _windows = new(bag);

    /// <returns>Null when something is wrong with it.</returns>
    public BoundOperator? Bind(RuleSyntax rule, ImmutableArray<KeyBinder.Part> parts)
    {
        _windows.Check(rule);
        if (rule.Skip is { } skip && rule.Operator is not (OperatorSyntax.Sequence or OperatorSyntax.All)) bag.Error(Codes.PointlessKey, skip.Span, "'skip' says nothing without 'sequence' or 'all'");
        return rule.Operator switch
        {
            OperatorSyntax.Each each => NeedsOn(rule, each.Span, "a rule without an operator") ? new BoundOperator.Each() : null,
            OperatorSyntax.Count count => BindCount(rule, count),
            OperatorSyntax.Aggregate aggregate => BindAggregate(rule, aggregate, parts),
            OperatorSyntax.Ratio ratio => BindRatio(rule, ratio, parts),
            OperatorSyntax.Sequence sequence => BindSteps(rule, sequence.Steps, sequence.Span, ordered: true, parts),
            OperatorSyntax.All all => BindSteps(rule, all.Steps, all.Span, ordered: false, parts),
            OperatorSyntax.When state => BindWhen(rule, state, parts),
            OperatorSyntax.Flap flap => BindFlap(rule, flap, parts),
            OperatorSyntax.Absent absent => BindAbsent(rule, absent, parts),
            OperatorSyntax.Any any => BindAny(rule, any, parts),
            OperatorSyntax.Faulty => null,
            _ => throw new InvalidOperationException($"operator {rule.Operator} is not known"),
        };
    }

    private BoundOperator.Window? BindCount(RuleSyntax rule, OperatorSyntax.Count count)
    {
        var ok = NeedsOn(rule, count.Span, "'count'") & _windows.TryBind(rule, count.Span, "'count'", keepsValues: false, out var window) & IsReachable(WindowFunction.Count, count.Is);
        return ok ? Checked(rule, new(WindowFunction.Count, null, null, "", count.Is.Value, window.Within) { Kind = window.Kind, Gap = window.Gap }) : null;
    }

    private BoundOperator.Window Checked(RuleSyntax rule, BoundOperator.Window window)
    {
        _windows.CheckFor(rule, window);
        return window;
    }

    private BoundOperator.Window? BindAggregate(RuleSyntax rule, OperatorSyntax.Aggregate aggregate, ImmutableArray<KeyBinder.Part> parts)
    {
        var function = Enum.Parse<WindowFunction>(aggregate.Function, ignoreCase: true);
        var what = $"'{aggregate.Function}'";
        var ok = NeedsOn(rule, aggregate.Span, what) & _windows.TryBind(rule, aggregate.Span, what, function == WindowFunction.Distinct, out var window) & IsReachable(function, aggregate.Is);
        if (rule.On.IsEmpty || matches.Scope(rule.On, parts, rule.Vars) is not { } scope) return null;
        var different = function == WindowFunction.Distinct ? Different(aggregate.Of, scope) : null;
        var of = function == WindowFunction.Distinct ? null : matches.Expressions.Value(aggregate.Of, scope, mustBeNumber: true);
        if (!ok || (different is null && of is null)) return null;
        return Checked(rule, new(function, of, different, aggregate.Of.Value.Trim(), aggregate.Is.Value, window.Within) { Kind = window.Kind, Gap = window.Gap });
    }

    private BoundOperator.Ratio? BindRatio(RuleSyntax rule, OperatorSyntax.Ratio ratio, ImmutableArray<KeyBinder.Part> parts)
    {
        var ok = _windows.Has(rule, ratio.Span, "'ratio'") & HasOwnEvents(rule, ratio.Span, "'ratio'");
        var match = matches.Bind(ratio.Numerator.On, ratio.Numerator.Where, parts, rule.Vars, ratio.Numerator.Span, mayLackKey: false);
        var around = matches.Around(parts, rule.Vars, ratio.Denominator.Span);
        if (match is null || around is null || matches.Scope(ratio.Numerator.On, parts, rule.Vars) is not { } scope) return null;
        var different = ratio.Distinct is null ? null : Different(ratio.Distinct, scope);
        var denominator = matches.Expressions.Value(ratio.Denominator, MatchBinder.StateScope(parts, rule.Vars), mustBeNumber: true);
        if (!ok || denominator is null || (ratio.Distinct is not null && different is null)) return null;
        return new BoundOperator.Ratio(match, different, denominator, around, ratio.Denominator.Value.Trim(), ratio.Is.Value, ratio.Min?.Value ?? 0, rule.Within!.Value.Value);
    }

    /// <summary>The steps that must happen.</summary>
    public static ImmutableArray<StepSyntax> Required(OperatorSyntax operation) => operation switch
    {
        OperatorSyntax.Sequence sequence => [.. sequence.Steps.Where(s => !s.Unless)],
        OperatorSyntax.All all => all.Steps,
        _ => [],
    };

    private BoundOperator.Steps? BindSteps(RuleSyntax rule, ImmutableArray<StepSyntax> steps, SourceSpan span, bool ordered, ImmutableArray<KeyBinder.Part> parts)
    {
        var what = ordered ? "'sequence'" : "'all'";
        var ok = _windows.Has(rule, span, what) & HasOwnEvents(rule, span, what) & CheckSteps(steps, span, what);
        var named = matches.Steps(Required(rule.Operator));
        var bound = ImmutableArray.CreateBuilder<BoundStep>();
        foreach (var (syntax, unless) in steps.Select(s => (s.Match, s.Unless)))
        {
            var match = matches.Bind(syntax.On, null, parts, rule.Vars, syntax.Span, mayLackKey: false);
            if (match is null || named is null || matches.Scope(syntax.On, parts, rule.Vars) is not { } scope) return null;
            if (syntax.Where is not { } where)
            {
                bound.Add(new BoundStep(syntax.Name!.Value, match, null, unless));
                continue;
            }

            var (alone, join) = matches.Expressions.StepCondition(where, scope with { Steps = named.Value, CurrentStep = unless ? null : syntax.Name!.Value });
            ok &= alone is not null || join is not null;
            bound.Add(new BoundStep(syntax.Name!.Value, match with { Where = alone }, join, unless));
        }

        return ok ? new BoundOperator.Steps(ordered, bound.ToImmutable(), rule.Within!.Value.Value, Skip(rule)) : null;
    }

    private bool CheckSteps(ImmutableArray<StepSyntax> steps, SourceSpan span, string what)
    {
        var errors = bag.Errors;
        if (steps.Length > 16) bag.Error(Codes.OutOfRange, span, $"{what} has more than 16 steps");
        foreach (var edge in steps.Take(1).Append(steps[^1]).Where(s => s.Unless)) bag.Error(Codes.KeysDisagree, edge.Match.Span, "'unless' stands between two steps");
        foreach (var group in steps.Where(s => !s.Unless).GroupBy(s => s.Match.Name!.Value, StringComparer.Ordinal))
        {
            if (group.Count() > 1) bag.Error(Codes.DuplicateName, group.Last().Match.Name!.Span, $"there is a step '{group.Key}' already");
            var name = group.First().Match.Name!;
            var reserved = (string[])["event", "vm", "host", "key", "agg", "unless"];
            if (reserved.Contains(group.Key) || !group.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || !char.IsAsciiLetter(group.Key[0]))
                bag.Error(Codes.BadName, name.Span, $"a step cannot be named '{group.Key}'", "begin with a letter; letters, digits and '_' may follow; names of roots are taken");
        }

        return bag.Errors == errors;
    }

    private SkipPolicy Skip(RuleSyntax rule)
    {
        if (rule.Skip is not { } skip) return SkipPolicy.PastLast;
        switch (skip.Value)
        {
            case "past_last": return SkipPolicy.PastLast;
            case "next": return SkipPolicy.Next;
            case "none": return SkipPolicy.None;
            default:
                bag.Error(Codes.UnknownWord, skip.Span, $"'skip' cannot be '{skip.Value}'", Suggestion.For(skip.Value, ["past_last", "next", "none"]) ?? "it is one of: past_last, next, none");
                return SkipPolicy.PastLast;
        }
    }

    private BoundOperator.Flap? BindFlap(RuleSyntax rule, OperatorSyntax.Flap flap, ImmutableArray<KeyBinder.Part> parts)
    {
        var ok = NeedsOn(rule, flap.Span, "'flap'") & _windows.Has(rule, flap.Span, "'flap'");
        var history = flap.History.Value;
        if (history != Math.Floor(history) || history is < 2 or > 10_000)
        {
            bag.Error(Codes.OutOfRange, flap.History.Span, "'history' must be a whole number from 2 to 10000");
            ok = false;
        }

        if (flap.High.Value is <= 0 or > 1 || flap.Low.Value < 0 || flap.Low.Value > flap.High.Value)
        {
            bag.Error(Codes.OutOfRange, flap.High.Span, "'low' and 'high' must keep 0 <= low <= high <= 1, high above 0");
            ok = false;
        }

        if (rule.On.IsEmpty || matches.Scope(rule.On, parts, rule.Vars) is not { } scope || Different(flap.Value, scope) is not { } value) return null;
        return ok ? new BoundOperator.Flap(value, (long)history, flap.High.Value, flap.Low.Value, rule.Within!.Value.Value) : null;
    }

    private BoundOperator.When? BindWhen(RuleSyntax rule, OperatorSyntax.When when, ImmutableArray<KeyBinder.Part> parts)
    {
        var ok = HasOwnEvents(rule, when.Span, "'when'");
        var test = matches.Expressions.State(when.Condition, MatchBinder.StateScope(parts, rule.Vars));
        var around = matches.Around(parts, rule.Vars, when.Span);
        return ok && test is not null && around is not null ? new BoundOperator.When(test, around) : null;
    }

    private BoundKey? Different(Scalar of, ExpressionScope scope) => matches.Keys.Bind([new KeyBinder.Part("of", of)], scope, of.Span, mayLack: false);

    // What counts begins at nothing: a threshold there says nothing.
    private bool IsReachable(WindowFunction function, Spanned<Comparison> comparison)
    {
        if (function is not (WindowFunction.Count or WindowFunction.Distinct)) return true;
        var value = comparison.Value.Value;
        var ok = comparison.Value.Op switch
        {
            Comparison.Operator.GreaterOrEqual => value > 0,
            Comparison.Operator.Greater or Comparison.Operator.LessOrEqual => value >= 0,
            Comparison.Operator.Less => value > 0,
            _ => value >= 0 && comparison.Value.IsWhole,
        } && value < 1e15;
        if (!ok) bag.Error(Codes.OutOfRange, comparison.Span, comparison.Value.IsUpward ? $"'{function.ToString().ToLowerInvariant()}' must ask for at least one event" : $"no count is '{comparison.Value}'");
        return ok;
    }

    private bool HasOwnEvents(RuleSyntax rule, SourceSpan span, string what)
    {
        if (rule.On.IsEmpty && rule.Where is null) return true;
        bag.Error(Codes.KeysDisagree, span, $"{what} has events of its own", what == "'when'" ? "a condition over state is judged after every event of its key" : "move 'on' and 'where' into it");
        return false;
    }

    private BoundOperator.Absent? BindAbsent(RuleSyntax rule, OperatorSyntax.Absent absent, ImmutableArray<KeyBinder.Part> parts)
    {
        var ok = _windows.Has(rule, absent.Span, "'absent'");
        if (rule.On.IsEmpty && rule.Where is { } where)
        {
            bag.Error(Codes.PointlessKey, where.Span, "'where' needs the event that opens the wait", "give 'on', or move it into 'absent'");
            ok = false;
        }

        var awaited = matches.Bind(absent.Awaited.On, absent.Awaited.Where, parts, rule.Vars, absent.Awaited.Span, mayLackKey: false);
        return ok && awaited is not null ? new BoundOperator.Absent(awaited, !rule.On.IsEmpty, rule.Within!.Value.Value) : null;
    }

    private BoundOperator.Any? BindAny(RuleSyntax rule, OperatorSyntax.Any any, ImmutableArray<KeyBinder.Part> parts)
    {
        var ok = HasOwnEvents(rule, any.Span, "'any'");

        var branches = ImmutableArray.CreateBuilder<BoundMatch>();
        foreach (var branch in any.Branches)
        {
            if (matches.Bind(branch.On, branch.Where, parts, rule.Vars, branch.Span, mayLackKey: false) is { } match) branches.Add(match);
            else ok = false;
        }

        return ok ? new BoundOperator.Any(branches.ToImmutable()) : null;
    }

    private bool NeedsOn(RuleSyntax rule, SourceSpan span, string what)
    {
        if (!rule.On.IsEmpty) return true;
        bag.Error(Codes.MissingKey, span, $"{what} needs the key 'on'");
        return false;
    }
}
