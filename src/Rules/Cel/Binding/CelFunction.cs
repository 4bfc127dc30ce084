using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary>A function the host adds to the language.</summary>
/// <param name="Parameters">Types of the arguments, in order.</param>
/// <param name="Bind">Makes the node of a call, or says what is wrong with it.</param>
internal sealed record CelFunction<T>(string Name, ImmutableArray<CelType> Parameters, Func<CelFunction<T>.Call, CelNode<T>?> Bind)
    where T : allows ref struct
{
    /// <summary>One call to be bound.</summary>
    /// <param name="Report">Takes what is wrong; a call that reports returns null.</param>
    internal sealed record Call(CelSpan Span, ImmutableArray<CelNode<T>> Arguments, Action<CelDiagnostic> Report)
    {
        /// <summary>The argument's text if it is written as a constant.</summary>
        public string? ConstantText(int argument) =>
            Arguments[argument] is ConstantNode<T> { Constant: { Kind: CelKind.String } text } ? text.AsString : null;
    }
}
