using System.Collections.Immutable;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Declarations;

/// <summary>Binds what all files of a set declare.</summary>
internal sealed class DeclarationBinder(DiagnosticBag bag)
{
    private readonly Dictionary<(DeclarationKind Kind, string Name), SourceSpan> _places = [];
    private readonly ImmutableArray<(DeclarationKind Kind, Scalar Name)>.Builder _names = ImmutableArray.CreateBuilder<(DeclarationKind, Scalar)>();

    public DeclarationSet Bind(RuleSetSyntax set)
    {
        var lists = ImmutableDictionary.CreateBuilder<string, ImmutableArray<CelValue>>(StringComparer.Ordinal);
        var macros = ImmutableDictionary.CreateBuilder<string, Macro>(StringComparer.Ordinal);
        var intervals = ImmutableDictionary.CreateBuilder<string, IInterval>(StringComparer.Ordinal);
        foreach (var file in set.Declarations)
        {
            foreach (var list in file.Lists)
            {
                var values = ListBinder.Bind(list, bag);
                if (IsNew(DeclarationKind.List, list.Name)) lists[list.Name.Value] = values;
            }

            foreach (var macro in file.Macros)
            {
                if (IsFree(macro.Name) && IsNew(DeclarationKind.Macro, macro.Name)) macros[macro.Name.Value] = new Macro(macro.Name, macro.Text);
            }

            foreach (var interval in file.Intervals)
            {
                var times = new WeeklyTimesBinder(bag).Bind(interval);
                if (IsNew(DeclarationKind.Interval, interval.Name)) intervals[interval.Name.Value] = (IInterval?)times ?? new NeverInterval();
            }
        }

        CheckVariables(set.Rules, macros);
        var declared = new DeclarationSet(_names.ToImmutable(), macros.ToImmutable(), lists.ToImmutable(), intervals.ToImmutable());
        new MacroChecker(declared, bag).Check();

        // Made anew, for now it is known which macros have faults.
        return new DeclarationSet(declared.Names, declared.Macros, declared.Lists, declared.Intervals);
    }

    private bool IsNew(DeclarationKind kind, Scalar name)
    {
        var good = name.Value.Length > 0 && char.IsAsciiLetter(name.Value[0]) && name.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
        if (!good && kind != DeclarationKind.Macro) bag.Error(Codes.BadName, name.Span, $"'{name.Value}' is not a name", "begin with a letter; letters, digits, '_', '-' and '.' may follow");
        if (_places.TryAdd((kind, name.Value), name.Span))
        {
            _names.Add((kind, name));
            return true;
        }

        var first = _places[(kind, name.Value)];
        bag.Error(Codes.DuplicateName, name.Span, $"there is {(kind == DeclarationKind.Interval ? "an interval" : $"a {kind.ToString().ToLowerInvariant()}")} '{name.Value}' already", $"it is in {first.File}, line {first.Line}");
        return false;
    }

    // A macro is named in expressions, so its name must be one there, and nothing else's.
    private bool IsFree(Scalar name)
    {
        var isName = CelParser.Parse(name.Value, out _) is CelExpr.Name { Absolute: false } parsed && parsed.Text == name.Value;
        if (!isName) bag.Error(Codes.BadName, name.Span, $"a macro cannot be named '{name.Value}'", "begin with a letter; letters, digits and '_' may follow; words of the language are taken");
        var taken = (string[])["event", "vm", "host", "key", "agg", "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"];
        if (taken.Contains(name.Value)) bag.Error(Codes.NameTaken, name.Span, $"'{name.Value}' means something already: a macro cannot be named so");
        return isName && !taken.Contains(name.Value);
    }

    // A rule's own names would change what other macros mean inside it.
    private void CheckVariables(ImmutableArray<RuleSyntax> rules, ImmutableDictionary<string, Macro>.Builder macros)
    {
        foreach (var rule in rules)
        {
            var steps = rule.Operator switch
            {
                OperatorSyntax.Sequence sequence => sequence.Steps.Where(s => !s.Unless).Select(s => s.Match.Name),
                OperatorSyntax.All all => all.Steps.Select(s => s.Match.Name),
                _ => [],
            };
            foreach (var name in rule.Vars.Select(v => v.Key).Concat(steps.OfType<Scalar>()))
            {
                if (!macros.TryGetValue(name.Value, out var macro)) continue;
                var place = macro.Name.Span;
                bag.Error(Codes.NameTaken, name.Span, $"there is a macro '{name.Value}' already", $"it is in {place.File}, line {place.Line}");
            }
        }
    }

    /// <summary>Stands for an interval with a fault.</summary>
    private sealed class NeverInterval : IInterval
    {
        public bool Contains(Model.Instant time) => false;
    }
}
