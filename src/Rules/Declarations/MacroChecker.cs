using System.Collections.Immutable;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Declarations;

/// <summary>Finds what is wrong with macros whatever the place they are used in: their text, unknown names, circles.</summary>
internal sealed class MacroChecker(DeclarationSet declared, DiagnosticBag bag)
{
    private enum State
    {
        Open,
        Done,
    }

    private readonly Dictionary<string, State> _states = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];
    private ImmutableDictionary<string, string> _texts = declared.Texts;

    // Everything that any place offers; what events and keys are made of is not known here.
    private ConditionScope Anywhere => ConditionScope.Empty with
    {
        Events = [],
        Aggregates = ConditionScope.AggregateNames,
        Variables = [new ConditionScope.Part("key", CelType.Dyn)],
        Named = _texts,
        Lists = declared.Lists,
        Intervals = declared.Intervals,
        ForTexts = true,
    };

    public void Check()
    {
        foreach (var (kind, name) in declared.Names)
        {
            if (kind == DeclarationKind.Macro && declared.Macros.ContainsKey(name.Value)) Check(name.Value);
        }
    }

    private void Check(string name)
    {
        if (_states.TryGetValue(name, out var state))
        {
            if (state == State.Open) ReportCycle(name);
            return;
        }

        _states[name] = State.Open;
        _path.Add(name);
        var macro = declared.Macros[name];
        foreach (var used in NameUses.Of(macro.Text.Value).Names.Where(declared.Macros.ContainsKey)) Check(used);
        _path.RemoveAt(_path.Count - 1);
        _states[name] = State.Done;
        var errors = Condition.CompileValue(macro.Text.Value, Anywhere).Errors;
        foreach (var error in errors) bag.Error(Codes.BadExpression, macro.Text.At(error.Span.Offset, error.Span.Length), error.Message, error.Hint);
        if (!errors.IsEmpty) SetFaulty(macro);
    }

    private void ReportCycle(string name)
    {
        var circle = _path[_path.IndexOf(name)..];
        var first = declared.Macros[name].Name;
        bag.Error(Codes.MacroCycle, first.Span, $"macros define each other in a circle: {string.Join(" -> ", circle.Append(name))}", "take one of them out of another");
        foreach (var one in circle) SetFaulty(declared.Macros[one]);
    }

    private void SetFaulty(Macro macro)
    {
        macro.IsFaulty = true;
        _texts = _texts.SetItem(macro.Name.Value, Macro.Placeholder);
    }
}
