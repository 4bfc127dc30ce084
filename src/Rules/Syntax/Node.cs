using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>A piece of YAML with its place. Tags and anchors are diagnosed and dropped when it is made.</summary>
internal abstract record Node(SourceSpan Span)
{
    /// <summary>What to call it in a message.</summary>
    public abstract string Kind { get; }

    public sealed record Map(SourceSpan Span, ImmutableArray<KeyValuePair<Scalar, Node>> Entries) : Node(Span)
    {
        public override string Kind => "a mapping";
    }

    public sealed record List(SourceSpan Span, ImmutableArray<Node> Items) : Node(Span)
    {
        public override string Kind => "a list";
    }
}
