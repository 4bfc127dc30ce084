using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>A decision that is owed to people, as it was made.</summary>
internal static class SavedTransition
{
    public static void Write(StateSaver to, AlertTransition? transition)
    {
        to.Write(transition is not null);
        if (transition is null) return;
        to.Write(transition.Alert);
        to.Write(transition.Key);
        to.Write(transition.Episode);
        to.Write((int)transition.Transition);
        to.Write((int)transition.Severity);
        to.Write(transition.At);
        to.Write(transition.DecidedAt);
        to.Write(transition.Summary);
        to.Write(transition.Annotations);
        to.Write(transition.Labels);
        to.Write(transition.RunbookUrl);
        to.Write(transition.Because);
        to.Write(transition.Rule);
        to.Write(transition.Reason);
        to.Write(transition.Receivers);
        to.Write(transition.Silent);
        to.Write(transition.By);
        to.Write(transition.Note);
        to.Write((int)transition.Kind);
        to.Write(transition.Values);
        to.Write(transition.WithheldBy);
    }

    public static AlertTransition? Read(StateLoader from)
    {
        if (!from.Bool()) return null;
        return new AlertTransition(
            from.SomeText(), from.Key(), from.SomeText(), from.Enum<TransitionKind>(), from.Enum<Severity>(), from.Instant(), from.Instant(), from.SomeText(),
            from.NamedTexts(), from.NamedTexts(), from.Text(), from.Numbers(), from.SomeText(), from.Text(), from.Texts(), from.Bool())
        {
            By = from.Text(),
            Note = from.Text(),
            Kind = from.Enum<ConclusionKind>(),
            Values = from.Text(),
            WithheldBy = from.Text(),
        };
    }
}
