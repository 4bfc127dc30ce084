namespace Qualm.Rules.Cel;

// Arguments may turn out to be of other kinds than the overload says when their types were not known before.
internal static partial class CelLibrary
{
    private static CelError? Size(CelValue value, out CelValue size)
    {
        size = value.Kind switch
        {
            CelKind.String => CelValue.Of((long)CelText.Size(value.AsString)),
            CelKind.Bytes => CelValue.Of((long)value.AsBytes.Length),
            CelKind.List => CelValue.Of((long)value.AsList.Count),
            CelKind.Map => CelValue.Of((long)value.AsMap.Count),
            _ => CelValue.Null,
        };
        return size.Kind == CelKind.Null ? CelError.NoSuchOverload : null;
    }

    private static CelError? TypeOf(CelValue value, out CelValue type)
    {
        type = CelValue.OfType(CelType.NameOf(value.Kind));
        return null;
    }

    private static CelError? Lower(CelValue text, out CelValue result)
    {
        result = text;
        if (text.Kind != CelKind.String) return CelError.NoSuchOverload;
        result = CelValue.Of(CelText.Lower(text.AsString));
        return null;
    }

    private static CelError? Upper(CelValue text, out CelValue result)
    {
        result = text;
        if (text.Kind != CelKind.String) return CelError.NoSuchOverload;
        result = CelValue.Of(CelText.Upper(text.AsString));
        return null;
    }

    private static CelError? Split(CelValue text, CelValue separator, out CelValue parts) =>
        SplitSome(text, separator, CelValue.Of(-1L), default, out parts);

    private static CelError? SplitSome(CelValue text, CelValue separator, CelValue limit, CelValue none, out CelValue parts)
    {
        parts = default;
        if (text.Kind != CelKind.String || separator.Kind != CelKind.String || limit.Kind != CelKind.Int) return CelError.NoSuchOverload;
        parts = CelValue.OfList(new CelList([.. CelText.Split(text.AsString, separator.AsString, limit.AsInt).Select(CelValue.Of)]));
        return null;
    }

    private static CelError? Join(CelValue parts, out CelValue text) => JoinBy(parts, CelValue.Of(""), out text);

    private static CelError? JoinBy(CelValue parts, CelValue separator, out CelValue text)
    {
        text = default;
        if (parts.Kind != CelKind.List || separator.Kind != CelKind.String) return CelError.NoSuchOverload;
        var items = parts.AsList.Items;
        var texts = new string[items.Length];
        var length = (long)separator.AsString.Length * items.Length;
        for (var i = 0; i < texts.Length; i++)
        {
            if (items[i].Kind != CelKind.String) return CelError.NoSuchOverload;
            texts[i] = items[i].AsString;
            length += texts[i].Length;
        }

        if (length > CelState.MaxSteps) return CelError.OverBudget;
        text = CelValue.Of(string.Join(separator.AsString, texts));
        return null;
    }

    private static CelError? Replace(CelValue text, CelValue old, CelValue with, CelValue limit, out CelValue result)
    {
        result = default;
        if (text.Kind != CelKind.String || old.Kind != CelKind.String || with.Kind != CelKind.String || limit.Kind is not (CelKind.Int or CelKind.Null)) return CelError.NoSuchOverload;
        result = CelValue.Of(CelText.Replace(text.AsString, old.AsString, with.AsString, limit.Kind == CelKind.Int ? limit.AsInt : -1));
        return null;
    }
}
