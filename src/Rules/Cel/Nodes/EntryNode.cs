namespace Qualm.Rules.Cel;

/// <summary><c>x.name</c> on a map, or, with <paramref name="test"/>, whether it is there.</summary>
internal sealed class EntryNode<T>(CelSpan span, CelType type, CelNode<T> operand, string name, bool test) : CelNode<T>(span, test ? CelType.Bool : type, operand)
    where T : allows ref struct
{
    private readonly CelValue _key = CelValue.Of(name);
    private readonly CelError _missing = CelError.NoSuchKey(CelValue.Of(name));

    public override CelValue Value(ref T context, ref CelState state)
    {
        var found = operand.TryEntry(ref context, ref state, _key, out var value);
        if (state.Failed) return default;
        if (test) return CelValue.Of(found);
        if (!found) state.Error = _missing;
        return value;
    }
}
