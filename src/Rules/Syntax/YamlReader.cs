using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Qualm.Rules.Syntax;

/// <summary>Reads one file's YAML into nodes that know where they stand. YAML's own traps get their own diagnostics.</summary>
internal sealed class YamlReader
{
    /// <summary>Deeper files are refused: no rule needs it, and the reader recurses.</summary>
    private const int MaxDepth = 32;

    private readonly SourceText _source;
    private readonly DiagnosticBag _bag;
    private readonly Parser _parser;

    private YamlReader(SourceText source, DiagnosticBag bag)
    {
        _source = source;
        _bag = bag;
        _parser = new Parser(new StringReader(source.Text));
    }

    /// <returns>Null for an empty file, or one that is not YAML.</returns>
    public static Node? Read(SourceText source, DiagnosticBag bag)
    {
        try
        {
            return new YamlReader(source, bag).ReadStream();
        }
        catch (YamlException e)
        {
            bag.Error(Codes.NotYaml, source.Span(e.Start.Line, e.Start.Column), $"not YAML: {Sentence(e.Message)}", HintFor(source, e));
            return null;
        }
    }

    private static string Sentence(string message)
    {
        var text = message.TrimEnd('.').ReplaceLineEndings(" ");
        return text.Length == 0 ? "cannot be read" : char.ToLowerInvariant(text[0]) + text[1..];
    }

    private static string? HintFor(SourceText source, YamlException e)
    {
        var line = source.Line((int)e.Start.Line);
        if (line.TrimStart(' ').StartsWith('\t')) return "indent with spaces: YAML does not take tabs";
        if (line.Contains(": ", StringComparison.Ordinal) && e.Message.Contains("mapping", StringComparison.Ordinal)) return "quote a text that holds a colon";
        return line.Contains(": @", StringComparison.Ordinal) || line.Contains(": `", StringComparison.Ordinal) || line.Contains(": %", StringComparison.Ordinal)
            ? "quote a text that starts with this character"
            : null;
    }

    private Node? ReadStream()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        var node = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            _bag.Error(Codes.SecondDocument, _source.Span(second.Start.Line, second.Start.Column, 3), "a rule file holds one YAML document",
                "put the rest into a file of its own");
        }

        return node is Scalar { IsNull: true } ? null : node;
    }

    private Node ReadNode(int depth)
    {
        if (depth > MaxDepth) throw new YamlException(_parser.Current!.Start, _parser.Current.End, $"nested deeper than {MaxDepth}");
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            var span = SpanOf(alias);
            _bag.Error(Codes.Anchor, span, $"alias *{alias.Value} is not supported", "write it out, or name it under vars, lists or macros");
            return new Scalar(span, "", false, []);
        }

        var start = (NodeEvent)_parser.Current!;
        CheckAnchor(start);
        return start switch
        {
            YamlDotNet.Core.Events.Scalar => ReadScalar(),
            MappingStart => ReadMap(depth),
            _ => ReadList(depth),
        };
    }

    private Node.Map ReadMap(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        CheckTag(start);
        var entries = ImmutableArray.CreateBuilder<KeyValuePair<Scalar, Node>>();
        var seen = new Dictionary<string, SourceSpan>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not Scalar name)
            {
                _bag.Error(Codes.KeyNotText, key.Span, $"a key must be a single value, not {key.Kind}",
                    start.Style == MappingStyle.Flow ? "quote a text that starts with {{" : null);
            }
            else if (!seen.TryAdd(name.Value, name.Span))
            {
                _bag.Error(Codes.DuplicateKey, name.Span, $"key '{name.Value}' occurs twice", $"it was first given in line {seen[name.Value].Line}");
            }
            else
            {
                entries.Add(new(name, value));
            }
        }

        return new Node.Map(SpanOf(start), entries.ToImmutable());
    }

    private Node.List ReadList(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        CheckTag(start);
        var items = ImmutableArray.CreateBuilder<Node>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
        return new Node.List(SpanOf(start), items.ToImmutable());
    }

    private Scalar ReadScalar()
    {
        var scalar = _parser.Consume<YamlDotNet.Core.Events.Scalar>();
        // What the tag swallowed cannot be told; its place is kept by something no later phase objects to.
        if (CheckTag(scalar)) return new Scalar(SpanOf(scalar), "true", false, []);
        var (line, column, index) = ((int)scalar.Start.Line, (int)scalar.Start.Column, (int)scalar.Start.Index);
        var origins = ScalarOrigins.Trace(_source, index, line, column, scalar.Value, scalar.Style);
        return new Scalar(SpanOf(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain, origins);
    }

    private bool CheckTag(NodeEvent node)
    {
        if (node.Tag.IsEmpty) return false;
        var tag = node.Tag.Value;
        _bag.Error(Codes.Tag, _source.Span(node.Start.Line, node.Start.Column, tag.Length), $"'{tag}' is read as a YAML tag",
            "quote the expression: '!…'");
        return true;
    }

    private void CheckAnchor(NodeEvent node)
    {
        if (node.Anchor.IsEmpty) return;
        // "!x && y" without quotes is, to YAML, the tag "!x" and an anchor named "&": one fault, not two.
        if (!node.Tag.IsEmpty) return;
        _bag.Error(Codes.Anchor, SpanOf(node), $"anchor &{node.Anchor.Value} is not supported", "write it out, or name it under vars, lists or macros");
    }

    private SourceSpan SpanOf(ParsingEvent node)
    {
        var oneLine = node.Start.Line == node.End.Line;
        var length = oneLine ? node.End.Column - node.Start.Column : _source.Line((int)node.Start.Line).Length - node.Start.Column + 1;
        return _source.Span(node.Start.Line, node.Start.Column, length);
    }
}
