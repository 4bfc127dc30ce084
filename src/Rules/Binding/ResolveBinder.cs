using System.Collections.Immutable;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Binds <c>resolve</c>, and what it is when it is not written.</summary>
internal sealed class ResolveBinder(MatchBinder matches, DiagnosticBag bag)
{
    private static readonly TimeSpan DefaultQuiet = TimeSpan.FromHours(1);

    public BoundResolve? Bind(RuleSyntax rule, BoundOperator operation, ImmutableArray<KeyBinder.Part> parts)
    {
        if (rule.Resolve is not { } resolve) return Default(rule, operation) with { IsDefault = true };
        if (resolve.Never) return new BoundResolve(false, []);
        var alternatives = ImmutableArray.CreateBuilder<BoundResolve.Alternative>();
        var faulty = false;
        foreach (var alternative in resolve.Alternatives)
        {
            if (Bind(alternative, rule, parts) is { } bound) alternatives.Add(bound);
            else faulty = true;
        }

        return faulty ? null : new BoundResolve(false, alternatives.ToImmutable());
    }

    private static BoundResolve Default(RuleSyntax rule, BoundOperator operation) => operation switch
    {
        // Each match is an event of its own.
        BoundOperator.Each or BoundOperator.Any or BoundOperator.Steps when rule.Kind == RuleKind.Emit => new BoundResolve(false, []),
        BoundOperator.When or BoundOperator.Window or BoundOperator.Ratio or BoundOperator.Flap => new BoundResolve(true, []),
        BoundOperator.Absent absent => new BoundResolve(false, [new(absent.Awaited, null, false)]),
        _ => new BoundResolve(false, [new(null, DefaultQuiet, false)]),
    };

    private BoundResolve.Alternative? Bind(ResolveSyntax.Alternative alternative, RuleSyntax rule, ImmutableArray<KeyBinder.Part> parts)
    {
        var faulty = false;
        StateTest? state = null;
        BoundMatch? around = null;
        if (alternative.When is { } when)
        {
            state = matches.Expressions.State(when, MatchBinder.StateScope(parts, rule.Vars));
            around = alternative.On is null ? matches.Around(parts, rule.Vars, when.Span, mayLackKey: true) : null;
            faulty = state is null || (alternative.On is null && around is null);
        }

        if (alternative.For is { } length && length.Value <= TimeSpan.Zero)
        {
            bag.Error(Codes.OutOfRange, length.Span, "'for' must be longer than nothing");
            faulty = true;
        }

        if (alternative.Quiet is { } quiet && quiet.Value <= TimeSpan.Zero)
        {
            bag.Error(Codes.OutOfRange, quiet.Span, "'quiet' must be longer than nothing");
            faulty = true;
        }

        if (alternative.SubjectGone && (alternative.On is not null || alternative.When is not null || alternative.Quiet is not null))
        {
            bag.Error(Codes.BadResolve, alternative.Span, "'subject_gone' stands alone: nothing more can come of a subject that is gone", "make it an alternative of its own");
            faulty = true;
        }

        var on = alternative.On is { } match ? matches.Bind(match.On, match.Where, parts, rule.Vars, match.Span, mayLackKey: true) : null;
        if (faulty || (alternative.On is not null && on is null)) return null;

        // To be quiet and to stay so for a time is to be quiet for longer.
        var held = alternative.For?.Value ?? TimeSpan.Zero;
        var staysQuiet = alternative.Quiet is not null && on is null && state is null;
        return new BoundResolve.Alternative(on ?? around, alternative.Quiet?.Value + (staysQuiet ? held : TimeSpan.Zero), alternative.SubjectGone)
        {
            When = state,
            WatchesState = around is not null,
            For = staysQuiet ? TimeSpan.Zero : held,
        };
    }
}
