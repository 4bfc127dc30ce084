using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Qualm.Ingest.Sources;

/// <summary>
/// A path with named parts and wild cards, e.g. <c>/run/{host}/{vm}/qmp.sock</c>. A part stands for one or more
/// characters other than the slash, <c>*</c> for any number, <c>?</c> for one. Immutable.
/// </summary>
public sealed class PathTemplate
{
    private readonly string _root;

    private PathTemplate(string text, string root, ImmutableArray<Segment> segments)
    {
        Text = text;
        _root = root;
        Segments = segments;
    }

    public string Text { get; }

    /// <summary>Whether it stands for more than one path.</summary>
    public bool IsPattern => Segments.Any(s => s.IsPattern);

    /// <summary>From the top to the entry itself.</summary>
    internal ImmutableArray<Segment> Segments { get; }

    /// <summary>Where it begins.</summary>
    internal Match Top => new(_root, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <exception cref="FormatException">A brace is not closed, or a part's name is no name or occurs twice.</exception>
    public static PathTemplate Parse(string text)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var root = text.StartsWith('/') ? "/" : Directory.GetCurrentDirectory();
        return new(text, root, [.. text.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => Parse(part, text, names))]);
    }

    /// <summary>The paths that exist, in ordinal order. Folders that may not be read are passed over.</summary>
    public IEnumerable<Match> Expand() => new TemplateWatch(this, TimeProvider.System).FindNew(_ => false);

    /// <summary>The named parts of a path; null when it does not fit.</summary>
    public Match? Fit(string path)
    {
        var parts = Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var skip = _root.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != skip.Length + Segments.Length || !parts.Take(skip.Length).SequenceEqual(skip)) return null;
        var at = Top;
        foreach (var (part, segment) in parts.Skip(skip.Length).Zip(Segments))
        {
            if (segment.Take(at, part) is not { } next) return null;
            at = next;
        }

        return at;
    }

    public override string ToString() => Text;

    private static Segment Parse(string part, string whole, HashSet<string> names)
    {
        var regex = new StringBuilder("^");
        var wild = false;
        for (var i = 0; i < part.Length; i++)
        {
            switch (part[i])
            {
                case '{':
                    var end = part.IndexOf('}', i);
                    var name = end < 0 ? "" : part[(i + 1)..end];
                    if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || char.IsAsciiDigit(name[0]))
                        throw new FormatException($"'{whole}': a part is written {{name}}, of letters, digits and underscores");
                    if (!names.Add(name)) throw new FormatException($"'{whole}': {{{name}}} occurs twice");
                    regex.Append("(?<").Append(name).Append(">.+?)");
                    i = end;
                    wild = true;
                    break;
                case '*':
                    regex.Append(".*?");
                    wild = true;
                    break;
                case '?':
                    regex.Append('.');
                    wild = true;
                    break;
                default:
                    regex.Append(Regex.Escape(part[i].ToString()));
                    break;
            }
        }

        return new(part, wild ? new Regex(regex.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.Singleline) : null);
    }

    /// <summary>A path and what its named parts stand for.</summary>
    public sealed record Match(string Path, ImmutableSortedDictionary<string, string> Parts);

    /// <summary>A part of the path between slashes.</summary>
    /// <param name="Pattern">Null when it is to be just this text.</param>
    internal sealed record Segment(string Text, Regex? Pattern)
    {
        public bool IsPattern => Pattern is not null;

        /// <summary>The only entry that a part without a pattern stands for.</summary>
        public Match Literal(Match at) => at with { Path = System.IO.Path.Combine(at.Path, Text) };

        public Match? Take(Match at, string name)
        {
            var path = Path.Combine(at.Path, name);
            if (Pattern is null) return name == Text ? at with { Path = path } : null;

            // A wild card at the start does not mean hidden files, as in a shell.
            if (name.StartsWith('.') && !Text.StartsWith('.')) return null;
            if (Pattern.Match(name) is not { Success: true } match) return null;
            var parts = at.Parts.AddRange(match.Groups.Values
                .Where(g => !char.IsAsciiDigit(g.Name[0]))
                .Select(g => KeyValuePair.Create(g.Name, g.Value)));
            return new(path, parts);
        }
    }
}
