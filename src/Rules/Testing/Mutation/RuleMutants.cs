using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing.Mutation;

/// <summary>
/// Makes mutants of a rule set: thresholds by one and doubled, windows halved and doubled, comparison operators, names of
/// events and constant texts changed, one thing at a time, in the order of the files.
/// </summary>
public static class RuleMutants
{
    /// <param name="text">A set that compiles.</param>
    /// <param name="path">The one of its files that is changed.</param>
    /// <returns>Only mutants that compile: a change that is refused needs no test.</returns>
    public static IEnumerable<RuleMutant> Of(RuleSetText text, string path, EventCatalogue catalogue)
    {
        foreach (var file in text.Files.Where(f => f.Path == path))
        {
            var source = new SourceText(file.Path, file.Text);
            var rules = RuleSetReader.Read(text, new DiagnosticBag()).Rules.Where(r => r.Mode != RuleMode.Disabled);
            var macros = RuleFileReader.Read(source, new DiagnosticBag()).Declarations.Macros;
            var changes = rules.SelectMany(r => RuleChanges.Of(r, source, catalogue))
                .Concat(macros.SelectMany(m => ConditionChanges.Of(m.Name.Value, m.Text, catalogue)))
                .Where(c => c.Span.File == path).DistinctBy(c => (c.Span, c.Becomes)).OrderBy(c => c.Span).ToArray();
            foreach (var place in changes.GroupBy(c => (c.Span, c.Kind)))
            {
                var mutants = place.Select(c => Apply(c, text, file, source)).OfType<RuleMutant>()
                    .Where(m => RuleSetCompiler.Compile(m.Text, catalogue).Set is not null);

                // Of all other names one that compiles stands for all of them.
                foreach (var mutant in place.Key.Kind is "event" or "text" ? mutants.Take(1) : mutants) yield return mutant;
            }
        }
    }

    // Null when the text at that place is not what it is taken for: a value whose characters could not be followed.
    private static RuleMutant? Apply(Change change, RuleSetText text, RuleSetText.File file, SourceText source)
    {
        var line = source.Line(change.Span.Line);
        var from = change.Span.Column - 1;
        if (from + change.Was.Length > line.Length || string.CompareOrdinal(line, from, change.Was, 0, change.Was.Length) != 0) return null;
        var start = StartOf(file.Text, change.Span.Line) + from;
        var mutated = file with { Text = string.Concat(file.Text.AsSpan(0, start), change.Becomes, file.Text.AsSpan(start + change.Was.Length)) };
        return new RuleMutant(change.Rule, change.Span, change.Kind, change.Was, change.Becomes, RuleSetText.Of(text.Files.Select(f => f.Path == file.Path ? mutated : f)));
    }

    private static int StartOf(string text, int line)
    {
        var start = 0;
        for (var i = 1; i < line; i++) start = text.IndexOf('\n', start) + 1;
        return start;
    }
}
