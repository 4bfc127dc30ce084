using System.Collections.Immutable;
using System.Text;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Declarations;

/// <summary>Follows who uses which declaration, through variables and macros.</summary>
internal sealed class DeclarationUses(DeclarationSet declared)
{
    private readonly Dictionary<string, NameUses> _uses = new(StringComparer.Ordinal);
    private readonly HashSet<(DeclarationKind Kind, string Name)> _ever = [];
    private readonly HashSet<(DeclarationKind Kind, string Name)> _now = [];

    /// <summary>Notes what an expression uses.</summary>
    /// <param name="named">What names stand for where it is written: variables and macros.</param>
    /// <returns>Macros it uses, each after those that it uses itself.</returns>
    public ImmutableArray<string> Note(string text, ImmutableDictionary<string, string> named)
    {
        if (declared.Names.IsEmpty) return [];
        var macros = ImmutableArray.CreateBuilder<string>();
        Follow(text, named, new HashSet<string>(StringComparer.Ordinal), macros);
        return macros.ToImmutable();
    }

    /// <summary>Meanings of everything noted since the last call, a line each.</summary>
    public string TakeMeanings()
    {
        var text = new StringBuilder();
        foreach (var (kind, name) in _now.OrderBy(n => n.Kind).ThenBy(n => n.Name, StringComparer.Ordinal)) text.Append(declared.Meaning(kind, name)).Append('\n');
        _now.Clear();
        return text.ToString();
    }

    /// <summary>Tells of declarations that no rule uses.</summary>
    public void Report(DiagnosticBag bag)
    {
        foreach (var (kind, name) in declared.Names.Where(n => !_ever.Contains((n.Kind, n.Name.Value))))
            bag.Doubt(Codes.Unused, name.Span, $"no rule uses the {kind.ToString().ToLowerInvariant()} '{name.Value}'", "take it out, or use it");
    }

    private void Follow(string text, ImmutableDictionary<string, string> named, HashSet<string> seen, ImmutableArray<string>.Builder macros)
    {
        if (!_uses.TryGetValue(text, out var uses)) _uses[text] = uses = NameUses.Of(text);
        foreach (var list in uses.Computed ? declared.Lists.Keys : uses.Lists.Where(declared.Lists.ContainsKey)) Note(DeclarationKind.List, list);
        foreach (var interval in uses.Computed ? declared.Intervals.Keys : uses.Intervals.Where(declared.Intervals.ContainsKey)) Note(DeclarationKind.Interval, interval);
        foreach (var name in uses.Names.Where(n => named.ContainsKey(n) && seen.Add(n)))
        {
            var isMacro = declared.Macros.TryGetValue(name, out var macro);
            Follow(isMacro ? macro!.Text.Value : named[name], named, seen, macros);
            if (!isMacro) continue;
            Note(DeclarationKind.Macro, name);
            macros.Add(name);
        }
    }

    private void Note(DeclarationKind kind, string name)
    {
        _ever.Add((kind, name));
        _now.Add((kind, name));
    }
}
