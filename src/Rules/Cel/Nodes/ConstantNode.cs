using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>A value known before evaluation.</summary>
internal sealed class ConstantNode<T>(CelSpan span, CelType type, CelValue value) : CelNode<T>(span, type)
    where T : allows ref struct
{
    private readonly byte[]? _utf8 = value.Kind == CelKind.String ? Encoding.UTF8.GetBytes(value.AsString) : null;

    public ConstantNode(CelSpan span, CelValue value)
        : this(span, CelType.Of(value), value)
    {
    }

    public CelValue Constant => value;

    public byte[]? ConstantUtf8 => _utf8;

    public override long Size => value.Kind switch { CelKind.List => value.AsList.Count, CelKind.Map => value.AsMap.Count, _ => 0 };

    public override bool IsUtf8 => _utf8 is not null;

    public override CelValue Value(ref T context, ref CelState state) => value;

    public override ReadOnlySpan<byte> Utf8(ref T context, ref CelState state) => _utf8;
}
