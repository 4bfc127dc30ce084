using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Something read off the VM at hand.</summary>
internal abstract class VmMember(string path, CelType type) : CelMember<EvalContext>(path, type)
{
    private static readonly CelError NoVm = new("there is no VM");

    public static VmMember Text(string path, Func<VmState, string?> read) => new OfText(path, read);

    public static VmMember Int(string path, Func<VmState, long> read) => new OfInt(path, read);

    public static VmMember Bool(string path, Func<VmState, bool> read) => new OfBool(path, read);

    public static VmMember Time(string path, Func<VmState, Instant> read) => new OfTime(path, read);

    private static VmState? Vm(ref EvalContext context, ref CelState state)
    {
        if (context.Vm is null) state.Error = NoVm;
        return context.Vm;
    }

    private sealed class OfText(string path, Func<VmState, string?> read) : VmMember(path, CelType.String)
    {
        public override CelNode<EvalContext> Read(CelSpan span) => new Node(span, read, new CelError($"'{Path}' is not known")) { Member = this };

        public override CelNode<EvalContext> Test(CelSpan span) => new Known(span, read);

        private sealed class Node(CelSpan span, Func<VmState, string?> read, CelError unknown) : CelNode<EvalContext>(span, CelType.String)
        {
            public override CelValue Value(ref EvalContext context, ref CelState state) => CelValue.Of(Text(ref context, ref state));

            public override string Text(ref EvalContext context, ref CelState state)
            {
                if (Vm(ref context, ref state) is not { } vm) return "";
                if (read(vm) is { } text) return text;
                state.Error = unknown;
                return "";
            }
        }

        private sealed class Known(CelSpan span, Func<VmState, string?> read) : BoolNode<EvalContext>(span)
        {
            public override bool Bool(ref EvalContext context, ref CelState state) => Vm(ref context, ref state) is { } vm && read(vm) is not null;
        }
    }

    private sealed class OfInt(string path, Func<VmState, long> read) : VmMember(path, CelType.Int)
    {
        public override CelNode<EvalContext> Read(CelSpan span) => new Node(span, read) { Member = this };

        private sealed class Node(CelSpan span, Func<VmState, long> read) : CelNode<EvalContext>(span, CelType.Int)
        {
            public override CelValue Value(ref EvalContext context, ref CelState state) => CelValue.Of(Int(ref context, ref state));

            public override long Int(ref EvalContext context, ref CelState state) => Vm(ref context, ref state) is { } vm ? read(vm) : 0;
        }
    }

    private sealed class OfBool(string path, Func<VmState, bool> read) : VmMember(path, CelType.Bool)
    {
        public override CelNode<EvalContext> Read(CelSpan span) => new Node(span, read) { Member = this };

        private sealed class Node(CelSpan span, Func<VmState, bool> read) : BoolNode<EvalContext>(span)
        {
            public override bool Bool(ref EvalContext context, ref CelState state) => Vm(ref context, ref state) is { } vm && read(vm);
        }
    }

    private sealed class OfTime(string path, Func<VmState, Instant> read) : VmMember(path, CelType.Timestamp)
    {
        public override CelNode<EvalContext> Read(CelSpan span) => new Node(span, read) { Member = this };

        private sealed class Node(CelSpan span, Func<VmState, Instant> read) : CelNode<EvalContext>(span, CelType.Timestamp)
        {
            public override CelValue Value(ref EvalContext context, ref CelState state) => Vm(ref context, ref state) is { } vm ? CelValue.Of(read(vm)) : default;
        }
    }
}
