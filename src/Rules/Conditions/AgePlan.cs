using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>The comparisons of ages with constants in a condition, wherever they stand: while the state stays as it is, only they change its truth.</summary>
/// <param name="Tests">In the order of the text.</param>
/// <param name="Faults">Ages of which nobody can tell beforehand when they matter.</param>
internal sealed record AgePlan(ImmutableArray<AgeTest> Tests, ImmutableArray<CelDiagnostic> Faults)
{
    public static AgePlan Of(CelNode<EvalContext> root)
    {
        var (tests, faults) = (ImmutableArray.CreateBuilder<AgeTest>(), ImmutableArray.CreateBuilder<CelDiagnostic>());
        Walk(root, tests, faults);
        return new AgePlan(tests.ToImmutable(), faults.ToImmutable());
    }

    private static void Walk(CelNode<EvalContext> node, ImmutableArray<AgeTest>.Builder tests, ImmutableArray<CelDiagnostic>.Builder faults)
    {
        if (node is AgeNode)
        {
            faults.Add(new CelDiagnostic(node.Span, "an age in a condition over state must be compared with a constant", "e.g. age(vm.since) > duration(\"10m\")"));
            return;
        }

        if (AgeTest.Recognise(node) is not { } test)
        {
            foreach (var child in node.Children) Walk(child, tests, faults);
            return;
        }

        var age = node.Children.OfType<AgeNode>().First();
        if (Reads<AgeNode>(age.Time)) faults.Add(new CelDiagnostic(age.Span, "an age in a condition over state must not depend on another age"));
        else if (Reads<LocalNode<EvalContext>>(age.Time)) faults.Add(new CelDiagnostic(age.Span, "an age in a condition over state must not depend on the variable of a macro", "name the member by its path"));
        else tests.Add(test);
    }

    private static bool Reads<TNode>(CelNode<EvalContext> node)
        where TNode : CelNode<EvalContext> => node is TNode || node.Children.Any(Reads<TNode>);
}
