using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A thing with a fixed set of members, such as <c>vm</c> or <c>vm.migration</c>. As a value it is a map of those that can be read.</summary>
internal sealed class ObjectMember(string path, params ImmutableArray<CelMember<EvalContext>> members) : CelMember<EvalContext>(path, CelType.ObjectOf(path))
{
    public override IEnumerable<string> Names => members.Select(NameOf);

    public override CelMember<EvalContext>? Find(string name) => members.FirstOrDefault(m => NameOf(m) == name);

    public override CelNode<EvalContext> Read(CelSpan span) => new Whole(span, Type, [.. members.Select(m => (NameOf(m), m.Read(span)))]) { Member = this };

    private string NameOf(CelMember<EvalContext> member) => member.Path[(Path.Length + 1)..];

    private sealed class Whole(CelSpan span, CelType type, ImmutableArray<(string Name, CelNode<EvalContext> Node)> members)
        : CelNode<EvalContext>(span, type, [.. members.Select(m => m.Node)])
    {
        public override CelValue Value(ref EvalContext context, ref CelState state)
        {
            var entries = new List<(string, CelValue)>(members.Length);
            CelError? error = null;
            foreach (var (name, node) in members)
            {
                var value = node.Value(ref context, ref state);
                if (!state.Failed) entries.Add((name, value));
                error ??= state.Error;
                state.Error = null;
            }

            // What has no member at all is not there.
            if (entries.Count == 0) state.Error = error;
            return CelValue.OfMap(CelMap.Of([.. entries]));
        }
    }
}
