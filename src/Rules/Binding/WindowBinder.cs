using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Binds which windows a rule looks at: <c>within</c>, <c>window</c> and <c>gap</c>.</summary>
internal sealed class WindowBinder(DiagnosticBag bag)
{
    private static readonly Dictionary<string, WindowKind> Kinds = new(StringComparer.Ordinal)
    {
        ["sliding"] = WindowKind.Sliding,
        ["tumbling"] = WindowKind.Tumbling,
        ["session"] = WindowKind.Session,
    };

    /// <summary>Checks what the keys of the window say together with the operator.</summary>
    public void Check(RuleSyntax rule)
    {
        var what = Word(rule.Operator);
        if (what is null && rule.Within is { } within) bag.Error(Codes.PointlessKey, within.Span, "'within' says nothing without an operator that looks back", "give 'count', or take it out");
        var kind = KindOf(rule);
        var slides = rule.Operator is not (OperatorSyntax.Count or OperatorSyntax.Aggregate);
        if (kind != WindowKind.Sliding && slides)
        {
            if (what is null) bag.Error(Codes.PointlessKey, rule.Window!.Span, "'window' says nothing without an operator that looks back", "give 'count', or take it out");
            else bag.Error(Codes.KeysDisagree, rule.Window!.Span, $"{what} looks back from each of its events, over a window that slides", "'tumbling' and 'session' go with 'count', 'distinct', 'sum', 'avg', 'min' and 'max'");
        }

        if (rule.Gap is { } gap)
        {
            if (kind != WindowKind.Session) bag.Error(Codes.PointlessKey, gap.Span, "'gap' says nothing without 'window: session'", "it is how far apart the events of a session may be");
            else if (gap.Value <= TimeSpan.Zero) bag.Error(Codes.OutOfRange, gap.Span, "'gap' must be longer than nothing");
            else if (rule.Within is { } longest && longest.Value < gap.Value) bag.Error(Codes.OutOfRange, longest.Span, "'within' must not be shorter than 'gap'", "it is how long a session may last");
        }
        else if (kind == WindowKind.Session && !slides)
        {
            bag.Error(Codes.MissingKey, rule.Window!.Span, "'window: session' needs the key 'gap'", "it is how far apart the events of a session may be");
        }
    }

    /// <summary>The window of an operator that adds events up.</summary>
    /// <param name="span">Where the operator is written.</param>
    /// <param name="what">The operator's key in quotes.</param>
    /// <returns>False when something is wrong with it; then it has been said.</returns>
    public bool TryBind(RuleSyntax rule, SourceSpan span, string what, bool keepsValues, out (WindowKind Kind, TimeSpan Within, TimeSpan Gap) window)
    {
        var kind = Known(rule) ? KindOf(rule) : WindowKind.Sliding;
        window = (kind, rule.Within?.Value ?? TimeSpan.Zero, kind == WindowKind.Session ? rule.Gap?.Value ?? TimeSpan.Zero : TimeSpan.Zero);
        if (kind == WindowKind.Session && rule.Within is null && !keepsValues) return rule.Gap is not null;
        if (!Has(rule, span, what, kind)) return false;
        return kind != WindowKind.Session || rule.Gap is not null;
    }

    /// <summary>Whether <c>within</c> is there and makes sense.</summary>
    public bool Has(RuleSyntax rule, SourceSpan span, string what, WindowKind kind = WindowKind.Sliding)
    {
        if (rule.Within is { } within)
        {
            if (within.Value > TimeSpan.Zero) return true;
            bag.Error(Codes.OutOfRange, within.Span, "'within' must be longer than nothing");
            return false;
        }

        var hint = kind == WindowKind.Session ? "a session may last for ever, and every value would have to be remembered" : "without it the window would have no bound";
        bag.Error(Codes.MissingWithin, span, $"{what} needs the key 'within'", hint);
        return false;
    }

    /// <summary>Says so when a condition that falls with its window can never hold as long as it must.</summary>
    public void CheckFor(RuleSyntax rule, BoundOperator.Window window)
    {
        if (rule.For is not { } length || rule.Resolve is not null || !window.OnArrival || window.Kind != WindowKind.Tumbling || length.Value < window.Within) return;
        bag.Error(Codes.OutOfRange, length.Span, "'for' must be shorter than 'within': the condition falls at the end of the window");
    }

    private WindowKind KindOf(RuleSyntax rule)
    {
        if (rule.Window is not { } window) return WindowKind.Sliding;
        if (Kinds.TryGetValue(window.Value, out var kind)) return kind;
        bag.Error(Codes.UnknownWord, window.Span, $"'window' cannot be '{window.Value}'", Suggestion.For(window.Value, Kinds.Keys) ?? "it is one of: sliding, tumbling, session");
        return WindowKind.Sliding;
    }

    private static bool Known(RuleSyntax rule) => rule.Window is null || Kinds.ContainsKey(rule.Window.Value);

    private static string? Word(OperatorSyntax operation) => operation switch
    {
        OperatorSyntax.Each or OperatorSyntax.Any or OperatorSyntax.When => null,
        OperatorSyntax.Ratio => "'ratio'",
        OperatorSyntax.Sequence => "'sequence'",
        OperatorSyntax.All => "'all'",
        OperatorSyntax.Absent => "'absent'",
        OperatorSyntax.Flap => "'flap'",
        _ => "the operator",
    };
}
