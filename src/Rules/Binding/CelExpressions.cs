using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;
using Qualm.Rules.Run;
using Qualm.Rules.Syntax;
using Qualm.Rules.Testing.Coverage;

namespace Qualm.Rules.Binding;

/// <summary>Compiles the expressions of rules as CEL over events and states.</summary>
internal sealed class CelExpressions(DiagnosticBag bag, RuleCoverage? coverage = null) : ExpressionBinder
{
    public override EventTest? Condition(Scalar text, ExpressionScope scope)
    {
        var compiled = Report(text, Codes.BadExpression, Conditions.Condition.Compile(text.Value, Scope(scope, decides: false)), c => c.Reads);
        if (compiled is null) return null;
        var identity = text.Value.Trim() + VarsText(scope);

        // Equal conditions are asked once; to be counted each for itself they must differ.
        return coverage is null ? new CelEventTest(identity, compiled, compiled.Clauses) : new CelEventTest($"{identity} at {text.Span}", coverage.Watch(text, compiled), []);
    }

    public override (EventTest? Alone, JoinTest? Join) StepCondition(Scalar text, ExpressionScope scope)
    {
        var compiled = Report(text, Codes.BadExpression, Conditions.Condition.Compile(text.Value, Scope(scope, decides: false)), c => c.Reads);
        if (compiled is null) return (null, null);
        ImmutableArray<int> steps = [.. compiled.Reads.Members.Select(m => m.Step).Where(s => s >= 0).Distinct()];

        // What a step is beside its data is no member: a name in the text that is a step's may read it.
        ImmutableArray<int> named = [.. Enumerable.Range(0, scope.Steps.Length).Where(i => scope.Steps[i].Name != scope.CurrentStep && Names(text, scope, scope.Steps[i].Name))];
        steps = [.. steps.Union(named).Order()];
        var identity = $"{text.Value.Trim()}{VarsText(scope)} as {scope.CurrentStep}";
        return steps.IsEmpty ? (new CelEventTest(identity, compiled, []), null) : (null, new CelJoinTest(identity, steps, compiled));
    }

    public override StateTest? State(Scalar text, ExpressionScope scope)
    {
        var compiled = Report(text, Codes.BadExpression, Conditions.Condition.Compile(text.Value, Scope(scope, decides: false)), c => c.Reads);
        if (compiled is null) return null;
        ImmutableArray<AgeTest> ages = [.. compiled.Clauses.Select(c => c.AgeTest).OfType<AgeTest>()];
        var written = scope.Vars.Select(v => v.Value.Value).Append(text.Value).Sum(t => System.Text.RegularExpressions.Regex.Count(t, @"\bage\s*\("));
        if (compiled.Reads.Age && written != ages.Length)
        {
            bag.Error(Codes.BadExpression, text.Span, "'age' must be compared with a constant, in a clause of its own", "e.g. vm.status == \"paused\" && age(vm.since) > duration(\"10m\")");
            return null;
        }

        // What it reads is compared by value, to tell whether an event has changed it.
        var members = compiled.Reads.State.Select(path => Conditions.Condition.CompileValue(path, ConditionScope.Empty).Result).OfType<Condition>();
        return new CelStateTest(text.Value.Trim() + VarsText(scope), compiled, ages, [.. members]);
    }

    private static bool Names(Scalar text, ExpressionScope scope, string step) =>
        scope.Vars.Select(v => v.Value.Value).Append(text.Value).Any(t => System.Text.RegularExpressions.Regex.IsMatch(t, $@"\b{step}\b", System.Text.RegularExpressions.RegexOptions.CultureInvariant));

    private static string VarsText(ExpressionScope scope) => string.Concat(scope.Vars.Select(v => $" with {v.Key.Value} = {v.Value.Value.Trim()}"));

    public override DecisionTest? Step(Scalar text, ExpressionScope scope)
    {
        var compiled = Report(text, Codes.BadExpression, Conditions.Condition.Compile(text.Value, Scope(scope, decides: true)), c => c.Reads);
        return compiled is null ? null : new CelDecisionTest(coverage?.Watch(text, compiled) ?? compiled);
    }

    public override DecisionText? Text(Scalar text, ExpressionScope scope)
    {
        var compiled = Report(text, Codes.BadText, Template.Compile(text.Value, Scope(scope, decides: true) with { ForTexts = true }), t => t.Reads);
        return compiled is null ? null : new CelDecisionText(compiled);
    }

    public override EventValue? Value(Scalar text, ExpressionScope scope, bool mustBeNumber)
    {
        var compiled = Report(text, Codes.BadExpression, Conditions.Condition.CompileValue(text.Value, Scope(scope, decides: false)), c => c.Reads);
        if (compiled is null) return null;
        if (!mustBeNumber || compiled.Type.IsDyn || compiled.Type.IsNumber) return new CelEventValue(compiled);
        bag.Error(Codes.BadExpression, text.Span, $"a number is needed, this is of type {compiled.Type}");
        return null;
    }

    public override KeyValueReader? Key(Scalar text, ExpressionScope scope)
    {
        var compiled = Report(text, Codes.BadKeyPart, Conditions.Condition.CompileValue(text.Value, Scope(scope, decides: false)), c => c.Reads);
        return compiled is null ? null : new CelKeyValueReader(compiled);
    }

    private static ConditionScope Scope(ExpressionScope scope, bool decides) => ConditionScope.Empty with
    {
        Events = !scope.HasEvent ? null : scope.Any ? [] : scope.Events,
        Named = scope.Vars.ToImmutableDictionary(v => v.Key.Value, v => v.Value.Value, StringComparer.Ordinal),
        Key = decides ? [.. scope.KeyNames.Select(n => new ConditionScope.Part(n, CelType.Dyn))] : [],
        Steps = scope.Steps,
        CurrentStep = scope.CurrentStep,
        Aggregates = decides ? scope.Aggregates : [],
    };

    // Faults of a text stand where they stand in the file.
    private T? Report<T>(Scalar text, string code, Compilation<T> compiled, Func<T, ConditionReads> reads)
        where T : class
    {
        foreach (var error in compiled.Errors) bag.Error(code, text.At(error.Span.Offset, error.Span.Length), error.Message, error.Hint);
        if (compiled.Result is not { } result) return null;
        var read = reads(result);
        if (read.Firing.IsEmpty && read.Facts.IsEmpty) return result;
        var name = read.Firing.IsEmpty ? "fact" : "firing";
        bag.Error(Codes.NotSupported, text.At(Math.Max(0, text.Value.IndexOf(name, StringComparison.Ordinal)), name.Length), $"'{name}()' is not supported yet", "take it out, or wait for a version that runs it");
        return null;
    }

    // A watched condition must be asked itself.
    private sealed class CelEventTest(string identity, Condition condition, ImmutableArray<ConditionClause> clauses) : EventTest(identity)
    {
        public override ImmutableArray<ConditionClause> Clauses => clauses;

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
        public override bool Holds(in EventView e, in DecisionInputs inputs)
        {
            var aggregates = Values(inputs.Aggregate);
            var keys = new KeyBuffer();
            var context = new EvalContext(e) { Key = KeyValues(inputs.Key, keys), Steps = inputs.Steps, Aggregates = new(in aggregates) };
            return condition.Holds(ref context, out _);
        }
    }

    private sealed class CelDecisionText(Template template) : DecisionText
    {
        public override string Fill(in EventView e, in DecisionInputs inputs)
        {
            var aggregates = Values(inputs.Aggregate);
            var keys = new KeyBuffer();
            var context = new EvalContext(e) { Key = KeyValues(inputs.Key, keys), Steps = inputs.Steps, Aggregates = new(in aggregates) };
            return template.Fill(ref context);
        }
    }

    private sealed class CelJoinTest(string identity, ImmutableArray<int> steps, Condition condition) : JoinTest(identity, steps)
    {
        public override bool Holds(in EventView e, ReadOnlySpan<CapturedEvent?> steps)
        {
            var context = new EvalContext(e) { Steps = steps };
            return condition.Holds(ref context, out _);
        }
    }

    private sealed class CelStateTest(string text, Condition condition, ImmutableArray<AgeTest> ages, ImmutableArray<Condition> members)
        : StateTest(text, [.. ages.Select(a => a.Limit)])
    {
        public override int Members => members.Length;

        public override bool Holds(in EventView e, Instant at)
        {
            var context = new EvalContext(e) { At = at };
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

                // At the limit itself an age is equal to it; only a microsecond later it is past it.
                if (ages[i].Comparison is not (CelComparison.Greater or CelComparison.LessOrEqual)) times[2 * i] = limit;
                if (ages[i].Comparison is not (CelComparison.GreaterOrEqual or CelComparison.Less)) times[(2 * i) + 1] = limit + 1;
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
    }

    private sealed class CelKeyValueReader(Condition value) : KeyValueReader
    {
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
