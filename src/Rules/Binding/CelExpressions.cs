using System.Collections.Immutable;
using System.Globalization;
using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;
using Qualm.Rules.Declarations;
using Qualm.Rules.Run;
using Qualm.Rules.Syntax;
using Qualm.Rules.Testing.Coverage;

namespace Qualm.Rules.Binding;

/// <summary>Compiles the expressions of rules as CEL over events and states.</summary>
internal sealed class CelExpressions(DiagnosticBag bag, DeclarationSet declared, DeclarationUses uses, RuleCoverage? coverage = null, ConclusionScope? conclusions = null) : ExpressionBinder
{
    /// <summary>Steps that one expression may take for one event.</summary>
    private const long Budget = 100_000;

    public override ExpressionBinder For(ConclusionScope conclusions) => new CelExpressions(bag, declared, uses, coverage, conclusions);

    public override EventTest? Condition(Scalar text, ExpressionScope scope)
    {
        var compiled = Compile(text, Codes.BadExpression, Conditions.Condition.Compile, Scope(scope, decides: false), c => c.Reads, c => c.Cost);
        if (compiled is null) return null;
        var identity = text.Value.Trim() + VarsText(scope);
        if (!compiled.Reads.Conclusions.IsEmpty) return new CelConclusionTest(identity + Asker(compiled, scope), coverage?.Watch(text, compiled) ?? compiled);

        // Equal conditions are asked once; to be counted each for itself they must differ.
        return coverage is null ? new CelEventTest(identity, compiled, compiled.Clauses) : new CelEventTest($"{identity} at {text.Span}", coverage.Watch(text, compiled), []);
    }

    public override (EventTest? Alone, JoinTest? Join) StepCondition(Scalar text, ExpressionScope scope)
    {
        var compiled = Compile(text, Codes.BadExpression, Conditions.Condition.Compile, Scope(scope, decides: false), c => c.Reads, c => c.Cost);
        if (compiled is null) return (null, null);
        ImmutableArray<int> steps = [.. compiled.Reads.Members.Select(m => m.Step).Where(s => s >= 0).Distinct()];

        // What a step is beside its data is no member: a name in the text that is a step's may read it.
        ImmutableArray<int> named = [.. Enumerable.Range(0, scope.Steps.Length).Where(i => scope.Steps[i].Name != scope.CurrentStep && Names(text, scope, scope.Steps[i].Name))];
        steps = [.. steps.Union(named).Order()];
        var identity = $"{text.Value.Trim()}{VarsText(scope)} as {scope.CurrentStep}";
        if (!steps.IsEmpty) return (null, new CelJoinTest(identity, steps, compiled));
        return (compiled.Reads.Conclusions.IsEmpty ? new CelEventTest(identity, compiled, []) : new CelConclusionTest(identity + Asker(compiled, scope), compiled), null);
    }

    public override StateTest? State(Scalar text, ExpressionScope scope)
    {
        var compiled = Compile(text, Codes.BadExpression, Conditions.Condition.Compile, Scope(scope, decides: false), c => c.Reads, c => c.Cost);
        if (compiled is null) return null;
        var ages = compiled.Ages();
        foreach (var fault in ages.Faults) bag.Error(Codes.BadExpression, text.At(fault.Span.Offset, fault.Span.Length), fault.Message, fault.Hint);
        if (!ages.Faults.IsEmpty) return null;

        // What it reads is compared by value, to tell whether an event has changed it.
        var members = compiled.Reads.State.Select(path => Conditions.Condition.CompileValue(path, ConditionScope.Empty).Result).OfType<Condition>();
        return new CelStateTest(text.Value.Trim() + VarsText(scope), coverage?.Watch(text, compiled) ?? compiled, ages.Tests, [.. members]);
    }

    private static bool Names(Scalar text, ExpressionScope scope, string step) =>
        scope.Vars.Select(v => v.Value.Value).Append(text.Value).Any(t => System.Text.RegularExpressions.Regex.IsMatch(t, $@"\b{step}\b", System.Text.RegularExpressions.RegexOptions.CultureInvariant));

    private static string VarsText(ExpressionScope scope) => string.Concat(scope.Vars.Select(v => $" with {v.Key.Value} = {v.Value.Value.Trim()}"));

    public override DecisionTest? Step(Scalar text, ExpressionScope scope)
    {
        var compiled = Compile(text, Codes.BadExpression, Conditions.Condition.Compile, Scope(scope, decides: true), c => c.Reads, c => c.Cost);
        return compiled is null ? null : new CelDecisionTest(coverage?.Watch(text, compiled) ?? compiled);
    }

    public override DecisionText? Text(Scalar text, ExpressionScope scope)
    {
        var compiled = Compile(text, Codes.BadText, Template.Compile, Scope(scope, decides: true) with { ForTexts = true }, t => t.Reads);
        return compiled is null ? null : new CelDecisionText(compiled);
    }

    public override EventValue? Value(Scalar text, ExpressionScope scope, bool mustBeNumber)
    {
        var compiled = Compile(text, Codes.BadExpression, Conditions.Condition.CompileValue, Scope(scope, decides: false), c => c.Reads, c => c.Cost, mayAsk: false);
        if (compiled is null) return null;
        if (!mustBeNumber || compiled.Type.IsDyn || compiled.Type.IsNumber) return new CelEventValue(compiled);
        bag.Error(Codes.BadExpression, text.Span, $"a number is needed, this is of type {compiled.Type}");
        return null;
    }

    public override KeyValueReader? Key(Scalar text, ExpressionScope scope)
    {
        var compiled = Compile(text, Codes.BadKeyPart, Conditions.Condition.CompileValue, Scope(scope, decides: false), c => c.Reads, c => c.Cost, mayAsk: false);
        return compiled is null ? null : new CelKeyValueReader(compiled);
    }

    // The same question is another one about another key, or from somebody who may not see the answer.
    private static string Asker(Condition compiled, ExpressionScope scope) =>
        $" of [{string.Join(", ", scope.KeyNames)}]{(compiled.Reads.Conclusions.Any(c => c.Support < 0) ? " unseen" : "")}";

    public override DecisionValue? Decided(Scalar text, ExpressionScope scope)
    {
        var compiled = Compile(text, Codes.BadExpression, Conditions.Condition.CompileValue, Scope(scope, decides: true), c => c.Reads, c => c.Cost);
        return compiled is null ? null : new CelDecisionValue(compiled);
    }

    private ConditionScope Scope(ExpressionScope scope, bool decides) => ConditionScope.Empty with
    {
        Events = !scope.HasEvent ? null : scope.Any ? [] : scope.Events,
        Named = declared.Texts.SetItems(scope.Vars.Select(v => KeyValuePair.Create(v.Key.Value, v.Value.Value))),
        Lists = declared.Lists,
        Intervals = declared.Intervals,
        Key = decides ? [.. scope.KeyNames.Select(n => new ConditionScope.Part(n, CelType.Dyn))] : [],
        Steps = scope.Steps,
        CurrentStep = scope.CurrentStep,
        Aggregates = decides ? scope.Aggregates : [],
        Conclusions = conclusions,
    };

    // Faults of a text stand where they stand in the file, those of macros at the macros.
    private T? Compile<T>(
        Scalar text, string code, Func<string, ConditionScope, Compilation<T>> compile, ConditionScope scope, Func<T, ConditionReads> reads, Func<T, long>? cost = null, bool mayAsk = true)
        where T : class
    {
        var compiled = compile(text.Value, scope);
        var errors = OwnErrors(text, code, compiled.Errors, s => compile(text.Value, s).Errors, scope);
        foreach (var error in errors) bag.Error(error.Code ?? code, text.At(error.Span.Offset, error.Span.Length), error.Message, error.Hint);
        foreach (var doubt in compiled.Doubts) bag.Doubt(Codes.Unguarded, text.At(doubt.Span.Offset, doubt.Span.Length), doubt.Message, doubt.Hint);
        if (compiled.Result is null && errors.IsEmpty) bag.Owe();
        if (compiled.Result is not { } result) return null;
        if (cost?.Invoke(result) is { } steps and > Budget)
        {
            bag.Error(Codes.TooCostly, text.Span, string.Create(CultureInfo.InvariantCulture, $"this may take {steps} steps an event; {Budget} are allowed"), "lists and maps of unknown size count 100 elements: nest fewer macros");
            return null;
        }

        if (mayAsk || reads(result) is { Firing.IsEmpty: true, Facts.IsEmpty: true }) return result;
        var name = reads(result).Firing.IsEmpty ? "fact" : "firing";
        bag.Error(
            Codes.NotAskedHere, text.At(Math.Max(0, text.Value.IndexOf(name, StringComparison.Ordinal)), name.Length),
            $"'{name}()' is not asked here: a key or a measured value must not depend on other rules", "ask in 'where', 'when', a step of 'severity' or a text");
        return null;
    }

    private ImmutableArray<CelDiagnostic> OwnErrors(
        Scalar text, string code, ImmutableArray<CelDiagnostic> errors, Func<ConditionScope, ImmutableArray<CelDiagnostic>> again, ConditionScope scope)
    {
        var (named, isText) = (scope.Named, code == Codes.BadText);
        foreach (var name in isText ? Template.Expressions(text.Value).SelectMany(e => uses.Note(e, named)).Distinct() : uses.Note(text.Value, named))
        {
            var macro = declared.Macros[name];
            if (macro.IsFaulty) continue;
            var faults = errors.IsEmpty ? [] : Conditions.Condition.CompileValue(macro.Text.Value, scope).Errors;
            if (faults.IsEmpty)
            {
                macro.Fits();
                continue;
            }

            macro.Fails(faults, PlaceOf(name, text));
            scope = scope with { Named = scope.Named.SetItem(name, Macro.Placeholder) };
            errors = again(scope);
        }

        return errors;
    }

    // Where the macro is named; if others name it, the whole text must do.
    private static SourceSpan PlaceOf(string macro, Scalar text)
    {
        var found = System.Text.RegularExpressions.Regex.Match(text.Value, $@"\b{macro}\b", System.Text.RegularExpressions.RegexOptions.CultureInvariant);
        return found.Success ? text.At(found.Index, found.Length) : text.Span;
    }

    // A watched condition must be asked itself.
    private sealed class CelEventTest(string identity, Condition condition, ImmutableArray<ConditionClause> clauses) : EventTest(identity)
    {
        public override ImmutableArray<ConditionClause> Clauses => clauses;

        public override Condition Condition => condition;

        public override TestResult Test(in EventView e)
        {
            var context = new EvalContext(e);
            return Test(e, ref context);
        }

        public override TestResult Test(in EventView e, ref EvalContext context)
        {
            var holds = condition.Holds(ref context, out var error);
            return error is not null ? TestResult.Error : holds ? TestResult.Yes : TestResult.No;
        }
    }

    private sealed class CelDecisionTest(Condition condition) : DecisionTest
    {
        public override ConditionReads Reads => condition.Reads;

        public override Condition Condition => condition;

        public override bool Holds(in EventView e, in DecisionInputs inputs)
        {
            var aggregates = Values(inputs.Aggregate);
            var keys = new KeyBuffer();
            var context = new EvalContext(e) { Key = KeyValues(inputs.Key, keys), Steps = inputs.Steps, Aggregates = new(in aggregates), Facts = inputs.Facts };
            return condition.Holds(ref context, out _);
        }
    }

    private sealed class CelDecisionText(Template template) : DecisionText
    {
        public override ConditionReads Reads => template.Reads;

        public override string? Constant => template.Plain;

        public override void Fill(in EventView e, in DecisionInputs inputs, TextBuffer to)
        {
            var aggregates = Values(inputs.Aggregate);
            var keys = new KeyBuffer();
            var context = new EvalContext(e) { Key = KeyValues(inputs.Key, keys), Steps = inputs.Steps, Aggregates = new(in aggregates), Facts = inputs.Facts };
            template.Fill(ref context, to);
        }
    }

    private sealed class CelDecisionValue(Condition value) : DecisionValue
    {
        public override CelType Type => value.Type;

        public override ConditionReads Reads => value.Reads;

        public override bool TryRead(in EventView e, in DecisionInputs inputs, out CelValue read)
        {
            var aggregates = Values(inputs.Aggregate);
            var keys = new KeyBuffer();
            var context = new EvalContext(e) { Key = KeyValues(inputs.Key, keys), Steps = inputs.Steps, Aggregates = new(in aggregates), Facts = inputs.Facts };
            read = value.Evaluate(ref context, out var error);
            return error is null;
        }
    }

    private sealed class CelJoinTest(string identity, ImmutableArray<int> steps, Condition condition, IRuleFacts? facts = null) : JoinTest(identity, steps)
    {
        public override JoinTest Over(IRuleFacts facts) => condition.Reads.Conclusions.IsEmpty ? this : new CelJoinTest(Identity, Steps, condition, facts);

        public override bool Holds(in EventView e, ReadOnlySpan<CapturedEvent?> steps)
        {
            var context = new EvalContext(e) { Steps = steps, Facts = facts };
            return condition.Holds(ref context, out _);
        }
    }

    private sealed class CelStateTest(string text, Condition condition, ImmutableArray<AgeTest> ages, ImmutableArray<Condition> members, IRuleFacts? facts = null)
        : StateTest(text, [.. ages.Select(a => a.Limit)])
    {
        public override int Members => members.Length + Conclusions.Length;

        public override ImmutableArray<ConclusionUse> Conclusions => condition.Reads.Conclusions;

        public override bool ReadsState => !condition.Reads.State.IsEmpty || condition.Reads.Age;

        public override StateTest Over(IRuleFacts facts) => Conclusions.IsEmpty ? this : new CelStateTest(Text, condition, ages, members, facts);

        public override bool ReadsMonitor { get; } =
            condition.Reads.State.Any(s => s is "vm.monitor" or "host.lost_monitors" || s.StartsWith("vm.monitor.", StringComparison.Ordinal));

        public override bool Holds(in EventView e, Instant at)
        {
            var context = new EvalContext(e) { At = at, Facts = facts };
            return condition.Holds(ref context, out _);
        }

        public override void Changes(in EventView e, Span<long> times)
        {
            var context = new EvalContext(e);
            times.Fill(long.MaxValue);
            for (var i = 0; i < ages.Length; i++)
            {
                if (ages[i].Time(ref context) is not { } since) continue;
                var limit = (since + ages[i].Limit).Micros;

                // At the limit itself an age is equal to it; only a microsecond later it is past it, and past a limit between two.
                var between = ages[i].Limit.Ticks % TimeSpan.TicksPerMicrosecond != 0;
                if (between || ages[i].Comparison is not (CelComparison.Greater or CelComparison.LessOrEqual)) times[2 * i] = limit;
                if (between || ages[i].Comparison is not (CelComparison.GreaterOrEqual or CelComparison.Less)) times[(2 * i) + 1] = limit + 1;
            }
        }

        public override void Read(in EventView e, Span<CelValue> read)
        {
            var context = new EvalContext(e);
            for (var i = 0; i < members.Length; i++)
            {
                var value = members[i].Evaluate(ref context, out var error);
                read[i] = error is null ? value : default;
            }

            for (var i = 0; i < Conclusions.Length; i++) read[members.Length + i] = CelValue.Of(facts?.Holds(Conclusions[i], e.At) == true);
        }
    }

    private sealed class CelEventValue(Condition condition) : EventValue
    {
        public override bool TryRead(in EventView e, out CelValue value)
        {
            var context = new EvalContext(e);
            value = condition.Evaluate(ref context, out var error);
            return error is null;
        }

        public override bool TryReadNumber(in EventView e, out double number)
        {
            if (!condition.Type.Is(CelKind.Int)) return base.TryReadNumber(e, out number);
            var read = condition.TryInt(e, out var whole);
            number = whole;
            return read;
        }
    }

    private sealed class CelKeyValueReader(Condition value) : KeyValueReader
    {
        public override CelType Type => value.Type;

        public override bool TryAdd(in EventView e, ref KeyReading reading)
        {
            var context = new EvalContext(e);
            var found = value.Evaluate(ref context, out var error);
            if (error is not null) return false;
            return found.Kind switch
            {
                CelKind.String => reading.AddText(KeyReading.TextPart, found.AsString),
                CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.Double => reading.AddText(KeyReading.PlainPart, found.ToString()),
                _ => false,
            };
        }
    }

    private static AggregateValues Values(Aggregate aggregate) => new()
    {
        Count = aggregate.Count,
        Distinct = aggregate.Distinct,
        Sum = aggregate.Sum,
        Min = aggregate.Min,
        Max = aggregate.Max,
        Average = aggregate.Average,
        Ratio = aggregate.Ratio,
        First = aggregate.First,
        Last = aggregate.Last,
        Members = aggregate.Members,
    };

    private static ReadOnlySpan<CelValue> KeyValues(ImmutableArray<KeyPart> key, Span<CelValue> buffer)
    {
        var values = key.Length <= buffer.Length ? buffer[..key.Length] : new CelValue[key.Length];
        for (var i = 0; i < key.Length; i++) values[i] = KeyValue(key[i]);
        return values;
    }

    // Nearly all keys have fewer parts.
    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct KeyBuffer
    {
        private CelValue _first;
    }

    internal static CelValue KeyValue(KeyPart part)
    {
        if (part.IsText) return CelValue.Of(part.Value);
        if (part.Value is "true" or "false") return CelValue.Of(part.Value == "true");
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return long.TryParse(part.Value, culture, out var number) ? CelValue.Of(number)
            : double.TryParse(part.Value, culture, out var real) ? CelValue.Of(real) : CelValue.Of(part.Value);
    }
}
