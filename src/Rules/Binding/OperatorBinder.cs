using System.Collections.Immutable;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Binds the operator of a rule, and says what this version cannot run.</summary>
internal sealed class OperatorBinder(MatchBinder matches, DiagnosticBag bag)
{
    /// <returns>Null when something is wrong with it.</returns>
    public BoundOperator? Bind(RuleSyntax rule, ImmutableArray<KeyBinder.Part> parts)
    {
        CheckKeys(rule);
        return rule.Operator switch
        {
            OperatorSyntax.Each each => NeedsOn(rule, each.Span, "a rule without an operator") ? new BoundOperator.Each() : null,
            OperatorSyntax.Count count => BindCount(rule, count),
            OperatorSyntax.Aggregate aggregate => BindAggregate(rule, aggregate, parts),
            OperatorSyntax.Ratio ratio => BindRatio(rule, ratio, parts),
            OperatorSyntax.Flap flap => BindFlap(rule, flap, parts),
            OperatorSyntax.Absent absent => BindAbsent(rule, absent, parts),
            OperatorSyntax.Any any => BindAny(rule, any, parts),
            OperatorSyntax.Faulty => null,
            _ => NotSupported(rule.Operator),
        };
    }

    private BoundOperator? NotSupported(OperatorSyntax operation)
    {
        var key = operation.GetType().Name.ToLowerInvariant();
        bag.Error(Codes.NotSupported, operation.Span, $"'{key}' is not supported yet", "use another operator");
        return null;
    }

    private BoundOperator.Window? BindCount(RuleSyntax rule, OperatorSyntax.Count count)
    {
        var ok = NeedsOn(rule, count.Span, "'count'") & NeedsWithin(rule, count.Span, "'count'") & IsReachable(WindowFunction.Count, count.Is);
        return ok ? new BoundOperator.Window(WindowFunction.Count, null, null, "", count.Is.Value, rule.Within!.Value.Value) : null;
    }

    private BoundOperator.Window? BindAggregate(RuleSyntax rule, OperatorSyntax.Aggregate aggregate, ImmutableArray<KeyBinder.Part> parts)
    {
        var function = Enum.Parse<WindowFunction>(aggregate.Function, ignoreCase: true);
        var what = $"'{aggregate.Function}'";
        var ok = NeedsOn(rule, aggregate.Span, what) & NeedsWithin(rule, aggregate.Span, what) & IsReachable(function, aggregate.Is);
        if (rule.On.IsEmpty || matches.Scope(rule.On, parts, rule.Vars) is not { } scope) return null;
        var different = function == WindowFunction.Distinct ? Different(aggregate.Of, scope) : null;
        var of = function == WindowFunction.Distinct ? null : matches.Expressions.Value(aggregate.Of, scope, mustBeNumber: true);
        if (!ok || (different is null && of is null)) return null;
        return new BoundOperator.Window(function, of, different, aggregate.Of.Value.Trim(), aggregate.Is.Value, rule.Within!.Value.Value);
    }

    private BoundOperator.Ratio? BindRatio(RuleSyntax rule, OperatorSyntax.Ratio ratio, ImmutableArray<KeyBinder.Part> parts)
    {
        var ok = NeedsWithin(rule, ratio.Span, "'ratio'") & HasOwnEvents(rule, ratio.Span, "'ratio'");
        var match = matches.Bind(ratio.Numerator.On, ratio.Numerator.Where, parts, rule.Vars, ratio.Numerator.Span, mayLackKey: false);
        var around = matches.Around(parts, rule.Vars, ratio.Denominator.Span);
        if (match is null || around is null || matches.Scope(ratio.Numerator.On, parts, rule.Vars) is not { } scope) return null;
        var different = ratio.Distinct is null ? null : Different(ratio.Distinct, scope);
        var denominator = matches.Expressions.Value(ratio.Denominator, MatchBinder.StateScope(parts, rule.Vars), mustBeNumber: true);
        if (!ok || denominator is null || (ratio.Distinct is not null && different is null)) return null;
        return new BoundOperator.Ratio(match, different, denominator, around, ratio.Denominator.Value.Trim(), ratio.Is.Value, ratio.Min?.Value ?? 0, rule.Within!.Value.Value);
    }

    private BoundOperator.Flap? BindFlap(RuleSyntax rule, OperatorSyntax.Flap flap, ImmutableArray<KeyBinder.Part> parts)
    {
        var ok = NeedsOn(rule, flap.Span, "'flap'") & NeedsWithin(rule, flap.Span, "'flap'");
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
        bag.Error(Codes.KeysDisagree, span, $"{what} has events of its own", "move 'on' and 'where' into it");
        return false;
    }

    private BoundOperator.Absent? BindAbsent(RuleSyntax rule, OperatorSyntax.Absent absent, ImmutableArray<KeyBinder.Part> parts)
    {
        var ok = NeedsWithin(rule, absent.Span, "'absent'");
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

    private bool NeedsWithin(RuleSyntax rule, SourceSpan span, string what)
    {
        if (rule.Within is { } within)
        {
            if (within.Value > TimeSpan.Zero) return true;
            bag.Error(Codes.OutOfRange, within.Span, "'within' must be longer than nothing");
            return false;
        }

        bag.Error(Codes.MissingWithin, span, $"{what} needs the key 'within'", "without it the window would have no bound");
        return false;
    }

    private void CheckKeys(RuleSyntax rule)
    {
        var windowed = rule.Operator is not (OperatorSyntax.Each or OperatorSyntax.Any or OperatorSyntax.When);
        if (!windowed && rule.Within is { } within) bag.Error(Codes.PointlessKey, within.Span, "'within' says nothing without an operator that looks back", "give 'count', or take it out");
        if (rule.Window is { Value: not "sliding" } window) bag.Error(Codes.NotSupported, window.Span, $"'window: {window.Value}' is not supported yet", "windows slide");
        if (rule.Gap is { } gap) bag.Error(Codes.NotSupported, gap.Span, "'gap' is not supported yet", "windows slide");
        if (rule.Skip is { } skip) bag.Error(Codes.NotSupported, skip.Span, "'skip' is not supported yet");
        if (rule.For is { } held && rule.Operator is OperatorSyntax.Absent or OperatorSyntax.Sequence or OperatorSyntax.All) bag.Error(Codes.NotSupported, held.Span, "'for' with this operator is not supported yet");
    }
}
