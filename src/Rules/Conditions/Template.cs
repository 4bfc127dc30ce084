using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A text for people with <c>{{ CEL }}</c> in it. Filling it in never fails: what has no value says so in its place.</summary>
public sealed class Template
{
    private readonly ImmutableArray<(string Text, Condition? Value)> _parts;

    private Template(string text, ImmutableArray<(string Text, Condition? Value)> parts)
    {
        Text = text;
        _parts = parts;
        Reads = parts.Aggregate(ConditionReads.Nothing, (all, p) => p.Value is null ? all : all.And(p.Value.Reads));
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    public ConditionReads Reads { get; }

    /// <summary>Whether it is the same for every event.</summary>
    public bool IsConstant => _parts.All(p => p.Value is null or { Constant: not null });

    /// <summary>Compiles the text; places of errors are counted in the whole of it.</summary>
    public static Compilation<Template> Compile(string text, ConditionScope scope)
    {
        var parts = ImmutableArray.CreateBuilder<(string, Condition?)>();
        var errors = ImmutableArray.CreateBuilder<CelDiagnostic>();
        var doubts = ImmutableArray.CreateBuilder<CelDiagnostic>();
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0) open = text.Length;
            if (open > at) parts.Add((text[at..open], null));
            if (open == text.Length) break;
            var close = Close(text, open + 2);
            if (close < 0)
            {
                errors.Add(new CelDiagnostic(new CelSpan(open, 2), "{{ is not closed", "close it with }}"));
                break;
            }

            var compiled = Condition.CompileValue(text[(open + 2)..close], scope);
            errors.AddRange(compiled.Errors.Select(e => Shift(e, open + 2)));
            doubts.AddRange(compiled.Doubts.Select(e => Shift(e, open + 2)));
            if (compiled.Result is { } value) parts.Add(("", value));
            at = close + 2;
        }

        return new(errors.Count > 0 ? null : new Template(text, parts.ToImmutable()), errors.ToImmutable(), doubts.ToImmutable());
    }

    /// <summary>The expressions in a text, in its order.</summary>
    internal static IEnumerable<string> Expressions(string text)
    {
        for (var at = 0; (at = text.IndexOf("{{", at, StringComparison.Ordinal)) >= 0;)
        {
            var close = Close(text, at + 2);
            if (close < 0) yield break;
            yield return text[(at + 2)..close];
            at = close + 2;
        }
    }

    public string Fill(ref EvalContext context)
    {
        var filled = new TextBuffer();
        Fill(ref context, filled);
        return filled.Text.ToString();
    }

    /// <summary>Appends it, filled in.</summary>
    internal void Fill(ref EvalContext context, TextBuffer to)
    {
        foreach (var (text, value) in _parts)
        {
            to.Append(text);
            if (value is null) continue;
            var filled = value.Evaluate(ref context, out var error);
            if (error is null) to.Append(filled);
            else to.Append($"<error: {error.Message}>");
        }
    }

    /// <summary>All of it, where it has nothing to fill in; null where it has.</summary>
    internal string? Plain => _parts switch
    {
        [] => "",
        [{ Value: null } only] => only.Text,
        _ => null,
    };

    // Braces of maps are counted, and braces in strings are none.
    private static int Close(string text, int at)
    {
        var depth = 0;
        while (at < text.Length)
        {
            switch (text[at])
            {
                case '"' or '\'':
                    var raw = at > 0 && text[at - 1] is 'r' or 'R';
                    CelStringLiteral.Read(text, at, 0, raw, bytes: false, out var end, out var fault);
                    if (fault is not null) return text.IndexOf("}}", at, StringComparison.Ordinal);
                    at = end;
                    continue;
                case '{': depth++; break;
                case '}' when depth > 0: depth--; break;
                case '}' when at + 1 < text.Length && text[at + 1] == '}': return at;
            }

            at++;
        }

        return -1;
    }

    private static CelDiagnostic Shift(CelDiagnostic diagnostic, int by) => diagnostic with { Span = diagnostic.Span with { Offset = diagnostic.Span.Offset + by } };
}
