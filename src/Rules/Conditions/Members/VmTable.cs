using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A map of the VM at hand with keys of its own, such as <c>vm.labels</c>. Looking one entry up copies nothing else.</summary>
internal sealed class VmTable<TEntry>(string path, CelType entry, Func<VmState, IReadOnlyDictionary<string, TEntry>> read, Func<TEntry, CelValue> convert)
    : CelMember<EvalContext>(path, CelType.MapOf(CelType.String, entry))
{
    public override CelNode<EvalContext> Read(CelSpan span) => new Node(span, Type, read, convert) { Member = this };

    private sealed class Node(CelSpan span, CelType type, Func<VmState, IReadOnlyDictionary<string, TEntry>> read, Func<TEntry, CelValue> convert) : CelNode<EvalContext>(span, type)
    {
        private static readonly CelError NoVm = new("there is no VM");

        public override CelValue Value(ref EvalContext context, ref CelState state)
        {
            if (context.Vm is not { } vm)
            {
                state.Error = NoVm;
                return default;
            }

            var table = read(vm);
            return state.Spend(table.Count) ? CelValue.OfMap(CelMap.Of([.. table.Select(e => (e.Key, convert(e.Value)))])) : default;
        }

        public override bool TryEntry(ref EvalContext context, ref CelState state, CelValue key, out CelValue value)
        {
            value = default;
            if (context.Vm is not { } vm) state.Error = NoVm;
            else if (key.Kind == CelKind.String && read(vm).TryGetValue(key.AsString, out var entry))
            {
                value = convert(entry);
                return true;
            }

            return false;
        }
    }
}
