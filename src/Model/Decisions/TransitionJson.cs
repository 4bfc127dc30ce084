using System.Text.Json;

namespace Qualm.Model;

/// <summary>The one JSON shape of a transition: a line of <c>replay --json</c>, and the data of an alert's event in the store.</summary>
public static class TransitionJson
{
    /// <summary>Writes one object: alert (or emit, or fact), key, episode, transition, severity, at, decided_at, summary, because, rule, reason; for an acknowledgement also by and note, for an event its values.</summary>
    public static void Write(Utf8JsonWriter json, AlertTransition transition)
    {
        json.WriteStartObject();
        WriteMembers(json, transition);
        json.WriteEndObject();
    }

    /// <summary>The members of <see cref="Write"/> without the braces, for objects that say more.</summary>
    public static void WriteMembers(Utf8JsonWriter json, AlertTransition transition)
    {
        json.WriteString(Name(transition.Kind), transition.Alert);
        WriteKey(json, transition);
        json.WriteString("episode", transition.Episode);
        json.WriteString("transition", Name(transition.Transition));
        json.WriteString("severity", Name(transition.Severity));
        json.WriteString("at", transition.At.ToString());
        json.WriteString("decided_at", transition.DecidedAt.ToString());
        json.WriteString("summary", transition.Summary);
        json.WriteStartArray("because");
        foreach (var position in transition.Because) json.WriteNumberValue(position);
        json.WriteEndArray();
        json.WriteString("rule", transition.Rule);
        json.WriteString("reason", transition.Reason);
        if (transition.Transition == TransitionKind.Acknowledged)
        {
            json.WriteString("by", transition.By);
            json.WriteString("note", transition.Note);
        }

        if (transition.Values is not { } values) return;
        json.WritePropertyName("values");
        json.WriteRawValue(values);
    }

    /// <summary>The key of a rule file that makes such a thing; also the member that names the rule.</summary>
    public static string Name(ConclusionKind kind) => kind switch
    {
        ConclusionKind.Alert => "alert",
        ConclusionKind.Event => "emit",
        ConclusionKind.Fact => "fact",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Name(TransitionKind kind) => kind switch
    {
        TransitionKind.Pending => "pending",
        TransitionKind.Firing => "firing",
        TransitionKind.Severity => "severity",
        TransitionKind.Acknowledged => "acknowledged",
        TransitionKind.Resolved => "resolved",
        TransitionKind.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The reverse of <see cref="Name(TransitionKind)"/>.</summary>
    /// <exception cref="FormatException">It is no transition's name.</exception>
    public static TransitionKind ParseTransition(string name) =>
        Enum.GetValues<TransitionKind>().Cast<TransitionKind?>().FirstOrDefault(kind => Name(kind!.Value) == name)
            ?? throw new FormatException($"'{name}' is no transition");

    public static string Name(Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Warning => "warning",
        Severity.Error => "error",
        Severity.Critical => "critical",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
    };

    private static void WriteKey(Utf8JsonWriter json, AlertTransition transition)
    {
        json.WriteStartObject("key");
        foreach (var part in transition.Key)
        {
            json.WritePropertyName(part.Name);
            if (part.IsText) json.WriteStringValue(part.Value);
            else json.WriteRawValue(part.Value);
        }

        json.WriteEndObject();
    }
}
