using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A value by which the subjects of two alerts are compared.</summary>
internal abstract record SubjectValue
{
    private SubjectValue()
    {
    }

    /// <returns>Null when there is none.</returns>
    public abstract string? Read(ImmutableArray<KeyPart> key, IReadOnlyDictionary<string, string> labels, VmState? vm);

    public sealed record OfKey(int Part) : SubjectValue
    {
        public override string Read(ImmutableArray<KeyPart> key, IReadOnlyDictionary<string, string> labels, VmState? vm) => key[Part].Value;
    }

    public sealed record OfLabel(string Name) : SubjectValue
    {
        public override string? Read(ImmutableArray<KeyPart> key, IReadOnlyDictionary<string, string> labels, VmState? vm) => labels.GetValueOrDefault(Name);
    }

    /// <summary>A member of the VM that the alert is about.</summary>
    public sealed record OfVm(Condition Member) : SubjectValue
    {
        public override string? Read(ImmutableArray<KeyPart> key, IReadOnlyDictionary<string, string> labels, VmState? vm)
        {
            if (vm is null) return null;
            var context = default(EvalContext);
            (context.Vm, context.Host) = (vm, vm.Host);
            var value = Member.Evaluate(ref context, out var error);
            return error is null ? value.ToString() : null;
        }
    }

    /// <summary>A name on one side: a part of the key, else a label, else a member of the VM; null when it is none of them.</summary>
    public static SubjectValue? Of(BoundRule rule, string name)
    {
        if (rule.KeyNames.IndexOf(name) is >= 0 and var part) return new OfKey(part);
        if (rule.Labels.Any(l => l.Name == name)) return new OfLabel(name);
        if (!rule.SubjectIsVm || name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) return null;
        var compiled = Condition.CompileValue($"vm.{name}", ConditionScope.Empty);
        return compiled.Result is { Type.Kind: not Cel.CelKind.Map } member ? new OfVm(member) : null;
    }
}
