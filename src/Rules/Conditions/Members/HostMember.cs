using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Something read off the host at hand.</summary>
internal sealed class HostMember(string path, CelType type, Func<HostState, CelValue> read) : CelMember<EvalContext>(path, type)
{
    public static readonly ObjectMember Root = new(
        "host",
        new HostMember("host.id", CelType.String, static h => CelValue.Of(h.Id)),
        new HostMember("host.vms", CelType.Int, static h => CelValue.Of((long)h.Vms)),
        new HostMember("host.running_vms", CelType.Int, static h => CelValue.Of((long)h.RunningVms)),
        new HostMember("host.lost_monitors", CelType.Int, static h => CelValue.Of((long)h.LostMonitors)),
        new HostMember("host.panicked_vms", CelType.Int, static h => CelValue.Of((long)h.PanickedVms)));

    public override CelNode<EvalContext> Read(CelSpan span) => new Node(span, Type, read) { Member = this };

    private sealed class Node(CelSpan span, CelType type, Func<HostState, CelValue> read) : CelNode<EvalContext>(span, type)
    {
        private static readonly CelError NoHost = new("the host is not known");

        public override CelValue Value(ref EvalContext context, ref CelState state)
        {
            if (context.Host is { } host) return read(host);
            state.Error = NoHost;
            return default;
        }
    }
}
