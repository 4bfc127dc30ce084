using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary>
/// One step of a compiled expression: stateless, thread-safe, typed. A node that fails sets
/// <see cref="CelState.Error"/> and returns anything; who asked looks there before using the answer.
/// </summary>
/// <typeparam name="T">Where the host's values are read from.</typeparam>
internal abstract class CelNode<T>(CelSpan span, CelType type, params ReadOnlySpan<CelNode<T>> children)
    where T : allows ref struct
{
    private const long MaxCost = long.MaxValue / 4;

    /// <summary>Elements a list or map of unknown size is taken to have when costs are estimated.</summary>
    public const long AssumedSize = 100;

    public CelSpan Span { get; } = span;

    public CelType Type { get; } = type;

    /// <summary>What it is computed from.</summary>
    public ImmutableArray<CelNode<T>> Children { get; protected init; } = [.. children];

    /// <summary>Steps an evaluation takes at most, collections of unknown size at <see cref="AssumedSize"/>.</summary>
    public long Cost { get; protected init; } = Sum(children);

    /// <summary>Nodes of the tree, this one included.</summary>
    public int Nodes { get; protected init; } = CountAll(children);

    /// <summary>Elements the value has at most, if it is a list or map.</summary>
    public virtual long Size => AssumedSize;

    /// <summary>The host's member this node reads; null for everything else.</summary>
    public CelMember<T>? Member { get; init; }

    public abstract CelValue Value(ref T context, ref CelState state);

    public virtual bool Bool(ref T context, ref CelState state)
    {
        var value = Value(ref context, ref state);
        return Require(value, CelKind.Bool, ref state) && value.AsBool;
    }

    public virtual long Int(ref T context, ref CelState state)
    {
        var value = Value(ref context, ref state);
        return Require(value, CelKind.Int, ref state) ? value.AsInt : 0;
    }

    public virtual ulong UInt(ref T context, ref CelState state)
    {
        var value = Value(ref context, ref state);
        return Require(value, CelKind.UInt, ref state) ? value.AsUInt : 0;
    }

    public virtual string Text(ref T context, ref CelState state)
    {
        var value = Value(ref context, ref state);
        return Require(value, CelKind.String, ref state) ? value.AsString : "";
    }

    /// <summary>Whether <see cref="Utf8"/> may be asked: the value is a string that lies ready in UTF-8.</summary>
    public virtual bool IsUtf8 => false;

    /// <summary>The text without allocation, valid as long as the context is.</summary>
    public virtual ReadOnlySpan<byte> Utf8(ref T context, ref CelState state) => throw new InvalidOperationException();

    /// <summary>Looks one entry up in a map, or in a host's member that acts as one.</summary>
    /// <returns>False when there is no such entry, or, with the error set, when this is no map.</returns>
    public virtual bool TryEntry(ref T context, ref CelState state, CelValue key, out CelValue value)
    {
        var map = Value(ref context, ref state);
        value = default;
        return Require(map, CelKind.Map, ref state) && map.AsMap.TryGet(key, out value);
    }

    protected static bool Require(CelValue value, CelKind kind, ref CelState state)
    {
        if (state.Failed) return false;
        if (value.Kind == kind) return true;
        state.Error = CelError.NoSuchOverload;
        return false;
    }

    protected static long Times(long count, long cost) => count > 0 && cost > MaxCost / count ? MaxCost : count * cost;

    private static int CountAll(ReadOnlySpan<CelNode<T>> children)
    {
        var count = 1;
        foreach (var child in children) count += child.Nodes;
        return count;
    }

    private static long Sum(ReadOnlySpan<CelNode<T>> children)
    {
        var sum = 1L;
        foreach (var child in children) sum = Math.Min(MaxCost, sum + child.Cost);
        return sum;
    }
}
