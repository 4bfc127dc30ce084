using Qualm.Rules.Cel;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Declarations;

/// <summary>A named expression, and what became of it where it was used.</summary>
internal sealed class Macro(Scalar name, Scalar text)
{
    /// <summary>Stands for a macro with a fault: of no type, so that nothing more is found wrong for its sake.</summary>
    public const string Placeholder = "dyn(true)";

    private readonly List<(CelDiagnostic Fault, SourceSpan Use)> _faults = [];
    private bool _fits;

    public Scalar Name => name;

    public Scalar Text => text;

    /// <summary>Whether it is wrong whatever the place; that has been reported then.</summary>
    public bool IsFaulty { get; set; }

    /// <summary>Notes that it was written out somewhere without a fault.</summary>
    public void Fits() => _fits = true;

    /// <summary>Notes what was wrong with it where it was written out.</summary>
    public void Fails(IEnumerable<CelDiagnostic> faults, SourceSpan use) => _faults.AddRange(faults.Select(f => (f, use)));

    /// <summary>
    /// What fails wherever it is used is the macro's own fault, and told once, at the macro.
    /// If it is good in one place and not in another, the other is at fault.
    /// </summary>
    public void Report(DiagnosticBag bag)
    {
        foreach (var same in _faults.GroupBy(f => (f.Fault.Span, f.Fault.Message)))
        {
            var (fault, use) = same.OrderBy(s => s.Fault.Hint is null).First();
            if (_fits)
            {
                foreach (var (_, place) in same) bag.Error(Codes.BadExpression, place, $"in '{name.Value}': {fault.Message}", fault.Hint);
            }
            else
            {
                bag.Error(Codes.BadExpression, text.At(fault.Span.Offset, fault.Span.Length), fault.Message, fault.Hint ?? $"it is used in {use.File}, line {use.Line}");
            }
        }
    }
}
