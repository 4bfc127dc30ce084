using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing;

/// <summary>Puts expectations and decisions into the words of test files, times as offsets from the start.</summary>
internal sealed class TranscriptText(Instant start)
{
    public static string Key(ImmutableArray<KeyPart> key) => $"[{string.Join(", ", key.Select(k => k.Value))}]";

    public static string Of(Expectation expectation) => expectation switch
    {
        Expectation.Alert a => string.Join(' ', new[]
        {
            $"at {Durations.Format(a.At)}: alert {a.Name}",
            a.Key?.ToString(),
            a.Severity is { } severity ? $"severity {TransitionJson.Name(severity)}" : null,
            a.Because is { } because ? $"because {string.Join(", ", because)}" : null,
            a.Summary is { } summary ? $"summary \"{summary}\"" : null,
            a.Labels.IsEmpty ? null : $"labels {string.Join(", ", a.Labels.Select(l => $"{l.Key}: {l.Value}"))}",
        }.OfType<string>()),
        Expectation.NoAlert a => $"at {Durations.Format(a.At)}: no alert {a.Name}{(a.Key is null ? "" : $" {a.Key}")}",
        Expectation.Resolved a => $"at {Durations.Format(a.At)}: resolved {a.Name}{(a.Key is null ? "" : $" {a.Key}")}{(a.Reason is null ? "" : $" ({a.Reason})")}",
        Expectation.Fact f => $"at {Durations.Format(f.At)}: {(f.Holds ? "" : "no ")}fact {f.Name}{(f.Key is null ? "" : $" {f.Key}")}",
        Expectation.Derived d => $"{(d.Comes ? "at" : "up to")} {Durations.Format(d.At)}: {(d.Comes ? "" : "no ")}event {d.Name}{(d.Key is null ? "" : $" {d.Key}")}{(d.Because is { } because ? $" because {string.Join(", ", because)}" : "")}",
        Expectation.Deliveries d => $"deliveries to {d.Receiver}: {(d.Transitions.IsEmpty ? "none" : string.Join(", ", d.Transitions.Select(TransitionJson.Name)))}",
        _ => throw new ArgumentOutOfRangeException(nameof(expectation)),
    };

    public string Of(AlertTransition t)
    {
        var because = t.Because.IsEmpty ? "" : $" because {string.Join(", ", t.Because.Order())}";
        return $"{TransitionJson.Name(t.Transition)} {t.Alert} {Key(t.Key)} {TransitionJson.Name(t.Severity)} at {Offset(t.At)}{because}{(t.Reason is null ? "" : $" ({t.Reason})")}";
    }

    private string Offset(Instant at)
    {
        var length = at - start;
        var sign = length < TimeSpan.Zero ? "-" : "";
        var micros = length.Duration().Ticks / TimeSpan.TicksPerMicrosecond % 1000;
        return sign + Durations.Format(length.Duration()) + (micros == 0 ? "" : $"{micros}us");
    }
}
