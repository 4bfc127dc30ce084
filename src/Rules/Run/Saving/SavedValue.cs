using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Run;

/// <summary>Values of expressions, as an episode remembers them from its opening.</summary>
internal static class SavedValue
{
    private const int MaxDepth = 256;

    public static void Write(StateSaver to, CelValue value)
    {
        to.Writer.Write((byte)value.Kind);
        switch (value.Kind)
        {
            case CelKind.Null:
                break;
            case CelKind.String or CelKind.Type:
                to.Write(value.AsString);
                break;
            case CelKind.Bytes:
                to.Writer.Write(value.AsBytes);
                break;
            case CelKind.List:
                to.Write(value.AsList.Count);
                foreach (var item in value.AsList.Items) Write(to, item);
                break;
            case CelKind.Map:
                to.Write(value.AsMap.Count);
                for (var i = 0; i < value.AsMap.Count; i++)
                {
                    Write(to, value.AsMap.Keys[i]);
                    Write(to, value.AsMap.Values[i]);
                }

                break;
            default:
                to.Write(value.AsInt);
                to.Write(value.Nanos);
                break;
        }
    }

    public static CelValue Read(StateLoader from) => Read(from, 0);

    private static CelValue Read(StateLoader from, int depth)
    {
        StateLoader.Check(depth < MaxDepth, "values nest without end");
        var kind = (CelKind)from.Reader.ReadByte();
        switch (kind)
        {
            case CelKind.Null:
                return default;
            case CelKind.String:
                return CelValue.Of(from.SomeText());
            case CelKind.Type:
                return CelValue.OfType(from.SomeText());
            case CelKind.Bytes:
                return CelValue.OfBytes(from.Reader.ReadBytes());
            case CelKind.List:
                return CelValue.OfList(new CelList(Some(from, from.Reader.ReadCount(), depth)));
            case CelKind.Map:
                return Map(from, depth);
        }

        var (bits, nanos) = (from.Long(), from.Int());
        return kind switch
        {
            CelKind.Bool => CelValue.Of(bits != 0),
            CelKind.Int => CelValue.Of(bits),
            CelKind.UInt => CelValue.Of(unchecked((ulong)bits)),
            CelKind.Double => CelValue.Of(BitConverter.Int64BitsToDouble(bits)),
            CelKind.Timestamp => CelValue.OfTimestamp(bits, nanos),
            CelKind.Duration => CelValue.OfDuration(bits),
            _ => throw new StateFormatException($"rules: {kind} is no kind of value"),
        };
    }

    private static CelValue Map(StateLoader from, int depth)
    {
        var both = Some(from, 2 * from.Reader.ReadCount(2), depth);
        CelValue[] keys = [.. both.Where((_, i) => i % 2 == 0)];
        CelValue[] values = [.. both.Where((_, i) => i % 2 == 1)];
        StateLoader.Check(CelMap.TryCreate(keys, values, lastWins: false, out var map) is null, "the keys of a map are none");
        return CelValue.OfMap(map);
    }

    private static CelValue[] Some(StateLoader from, int count, int depth)
    {
        // Each takes more room here than there: it grows with what is really read.
        var values = new List<CelValue>();
        for (; count > 0; count--) values.Add(Read(from, depth + 1));
        return [.. values];
    }
}
