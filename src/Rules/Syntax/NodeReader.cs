using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Takes a node as what it must be, or says what it is instead.</summary>
internal static class NodeReader
{
    public static Scalar? Text(Node node, string what, DiagnosticBag bag)
    {
        if (node is Scalar { IsNull: false, Value.Length: > 0 } text) return text;
        var found = node is Scalar ? "nothing" : node.Kind;
        var braces = node is Node.Map { Entries.IsEmpty: true };
        bag.Error(Codes.WrongKind, node.Span, $"{what} must be a single value, not {found}", braces ? "quote a text that starts with {{" : null);
        return null;
    }

    /// <summary>A single value or a list of them.</summary>
    public static ImmutableArray<Scalar>? Texts(Node node, string what, DiagnosticBag bag)
    {
        if (node is not Node.List list) return Text(node, what, bag) is { } one ? [one] : null;
        if (list.Items.IsEmpty) bag.Error(Codes.WrongKind, list.Span, $"{what} must not be an empty list");
        var result = ImmutableArray.CreateBuilder<Scalar>();
        foreach (var item in list.Items)
        {
            if (Text(item, $"a member of {what}", bag) is { } text) result.Add(text);
        }

        return result.ToImmutable();
    }

    public static Node.Map? Map(Node node, string what, DiagnosticBag bag)
    {
        if (node is Node.Map map) return map;
        bag.Error(Codes.WrongKind, node.Span, $"{what} must be a mapping, not {node.Kind}");
        return null;
    }

    public static Node.List? List(Node node, string what, DiagnosticBag bag)
    {
        if (node is Node.List list) return list;
        bag.Error(Codes.WrongKind, node.Span, $"{what} must be a list, not {node.Kind}", "put each member on a line that starts with '-'");
        return null;
    }
}
