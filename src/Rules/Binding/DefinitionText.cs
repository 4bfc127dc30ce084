using System.Globalization;
using System.Text;
using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Says what a rule does in one normal form: files, comments, order and spelling of the source make no difference.</summary>
internal static class DefinitionText
{
    public static string Write(RuleSyntax syntax, BoundRule rule)
    {
        var text = new StringBuilder();
        if (rule.Kind != ConclusionKind.Alert) Line(text, "make", TransitionJson.Name(rule.Kind));
        if (rule.Match is { } match) Line(text, "on", match.ToString());
        Line(text, "by", rule.Key.Identity);
        Line(text, "find", rule.Operator.ToString()!);
        foreach (var (name, value) in syntax.Vars.OrderBy(v => v.Key.Value, StringComparer.Ordinal)) Line(text, $"var {name.Value}", value.Value.Trim());
        Line(text, "resolve", rule.Resolve.ToString());
        if (rule.For > TimeSpan.Zero) Line(text, "for", Durations.Format(rule.For));
        if (rule.Cooldown > TimeSpan.Zero) Line(text, "cooldown", Durations.Format(rule.Cooldown));
        if (rule.Renotify > TimeSpan.Zero) Line(text, "renotify", Durations.Format(rule.Renotify));
        if (rule.OnGap != GapPolicy.Unknown) Line(text, "on_gap", rule.OnGap == GapPolicy.Fire ? "fire" : "ignore");
        Line(text, "lateness", Durations.Format(rule.Lateness));
        Line(text, "severity", syntax.Severity.IsEmpty
            ? TransitionJson.Name(Severity.Warning)
            : string.Join(", ", syntax.Severity.Select(s => TransitionJson.Name(s.Severity.Value) + (s.Condition is null ? "" : $" if {s.Condition.Value.Trim()}"))));
        foreach (var (name, value) in syntax.Labels.OrderBy(v => v.Key.Value, StringComparer.Ordinal)) Line(text, $"label {name.Value}", value.Value);
        foreach (var (name, value) in syntax.Annotations.OrderBy(v => v.Key.Value, StringComparer.Ordinal)) Line(text, $"annotation {name.Value}", value.Value);
        if (rule.RunbookUrl is { } url) Line(text, "runbook", url);
        foreach (var action in syntax.Actions)
        {
            Line(text, action.After is { } after ? $"tell unacknowledged after {Durations.Format(after.Value)}" : $"tell{(action.Transition is { } kind ? " of " + TransitionJson.Name(kind) : "")}", string.Join(", ", action.Receivers.Select(r => r.Value)));
        }

        foreach (var (name, value) in syntax.Values.OrderBy(v => v.Key.Value, StringComparer.Ordinal)) Line(text, $"value {name.Value}", value.Value.Trim());
        foreach (var inhibit in syntax.Inhibits) Line(text, "mute", $"{inhibit.Alert.Value} of equal {string.Join(", ", inhibit.Equal.Select(n => n.Value).Order(StringComparer.Ordinal))}");
        foreach (var exception in syntax.Exceptions) Line(text, "except", string.Join(", ", exception.Parts.Select(p => $"{p.Key.Value}={p.Value.Value}")));
        if (rule.Shadow) Line(text, "mode", "shadow");
        return text.ToString();
    }

    private static void Line(StringBuilder text, string key, string value) =>
        text.Append(CultureInfo.InvariantCulture, $"{key}: {value.ReplaceLineEndings(" ").Trim()}\n");
}
