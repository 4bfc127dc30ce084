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
            OperatorSyntax.Absent absent => BindAbsent(rule, absent, parts),
            OperatorSyntax.Any any => BindAny(rule, any, parts),
            OperatorSyntax.Faulty => null,
            _ => NotSupported(rule.Operator),
        };
    }

    private BoundOperator? NotSupported(OperatorSyntax operation)
    {
        var key = operation is OperatorSyntax.Aggregate aggregate ? aggregate.Function : operation.GetType().Name.ToLowerInvariant();
        bag.Error(Codes.NotSupported, operation.Span, $"'{key}' is not supported yet", "use one event, 'count', 'any' or 'absent'");
        return null;
    }

    private BoundOperator.Count? BindCount(RuleSyntax rule, OperatorSyntax.Count count)
    {
        var ok = NeedsOn(rule, count.Span, "'count'") & NeedsWithin(rule, count.Span, "'count'");
        var comparison = count.Is.Value;
        if (comparison.Op is not (Comparison.Operator.Greater or Comparison.Operator.GreaterOrEqual))
        {
            bag.Error(Codes.NotSupported, count.Is.Span, $"'count' with '{comparison}' is not supported yet", "compare with '>=' or '>'");
            return null;
        }

        var atLeast = comparison.Op == Comparison.Operator.Greater ? Math.Floor(comparison.Value) + 1 : Math.Ceiling(comparison.Value);
        if (atLeast is >= 1 and < 1e15) return ok ? new BoundOperator.Count((long)atLeast, rule.Within!.Value.Value) : null;
        bag.Error(Codes.OutOfRange, count.Is.Span, "'count' must ask for at least one event");
        return null;
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
        var ok = true;
        if (!rule.On.IsEmpty || rule.Where is not null)
        {
            bag.Error(Codes.KeysDisagree, any.Span, "'any' has events of its own", "move 'on' and 'where' into its branches");
            ok = false;
        }

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
        if (rule.For is { } held && rule.Operator is not (OperatorSyntax.Each or OperatorSyntax.Any)) bag.Error(Codes.NotSupported, held.Span, "'for' with this operator is not supported yet");
    }
}
