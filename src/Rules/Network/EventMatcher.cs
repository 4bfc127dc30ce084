using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Network;

/// <summary>
/// Finds the subscriptions of one kind of event whose conditions hold. Conditions with a clause that compares a member
/// with a constant are found by the member's value; only the rest is asked one by one. Immutable.
/// </summary>
internal sealed class EventMatcher
{
    private readonly MemberIndex[] _indexes;
    private readonly Asked[] _conditions;
    private readonly int[] _always;

    private EventMatcher(MemberIndex[] indexes, Asked[] conditions, int[] always) => (_indexes, _conditions, _always) = (indexes, conditions, always);

    /// <summary>Conditions it may have to ask.</summary>
    public int Conditions => _conditions.Length;

    /// <param name="schema">Null for events that the catalogue does not know.</param>
    public static EventMatcher Create(EventSchema? schema, IReadOnlyList<EventTest> tests, IReadOnlyList<Subscription> subscriptions)
    {
        var conditions = new Asked[tests.Count];
        var members = new SortedDictionary<int, (MemberType Type, List<(SlotTest, Asked)> Members)>();
        var always = new List<int>();
        for (var i = 0; i < tests.Count; i++)
        {
            var clauses = schema is null ? [] : tests[i].Clauses.Select(c => c.MemberTest is { } member ? SlotTest.Of(member, schema) : null).ToArray();
            var lead = Array.FindIndex(clauses, c => c?.Source.Comparison == CelComparison.Equal);
            if (lead < 0) lead = Array.FindIndex(clauses, c => c is not null);
            var rest = clauses.Where((_, c) => c != lead).ToArray();
            conditions[i] = new Asked(i, tests[i], rest.Contains(null) ? null : [.. rest.OfType<SlotTest>()])
            {
                Subscriptions = [.. Enumerable.Range(0, subscriptions.Count).Where(s => subscriptions[s].Test == i)],
            };
            if (lead < 0 || tests[i].IsForKeys)
            {
                if (!tests[i].IsForKeys) always.Add(i);
                continue;
            }

            var test = clauses[lead]!;
            if (!members.TryGetValue(test.Slot, out var member)) members.Add(test.Slot, member = (test.Source.Type, []));
            member.Members.Add((test, conditions[i]));
        }

        return new([.. members.Select(m => MemberIndex.Create(m.Value.Type, m.Key, m.Value.Members))], conditions, [.. always]);
    }

    /// <param name="matched">By subscription: gets the bits of those whose conditions hold.</param>
    /// <param name="failed">Gets the bits of those whose conditions could not be answered.</param>
    /// <returns>Whether any could not be answered.</returns>
    public bool Match(in EventView e, Span<ulong> matched, Span<ulong> failed)
    {
        if (_conditions.Length == 0) return false;
        var answers = new Answers(matched, failed, _conditions.Length <= 256 ? stackalloc int[_conditions.Length] : new int[_conditions.Length]);
        foreach (var index in _indexes) index.Match(e, ref answers);
        if (answers.ToAsk + _always.Length > 0) AskAll(e, ref answers);
        return answers.AnyFailed;
    }

    private void AskAll(in EventView e, ref Answers answers)
    {
        var context = new EvalContext(e);
        for (var i = 0; i < answers.ToAsk; i++)
        {
            var asked = _conditions[answers[i]];
            Take(asked, asked.Test.Test(e, ref context), ref answers);
        }

        foreach (var i in _always) Take(_conditions[i], _conditions[i].Test.Test(e, ref context), ref answers);
    }

    private static void Take(Asked asked, TestResult result, ref Answers answers)
    {
        if (result == TestResult.Yes) answers.Yes(asked);
        else if (result == TestResult.Error) answers.Error(asked);
    }
}
