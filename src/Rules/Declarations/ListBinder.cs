using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Qualm.Rules.Cel;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Declarations;

/// <summary>Reads the members of <c>lists</c> as YAML means them: what is quoted is a text, bare numbers and <c>true</c> and <c>false</c> are what they are.</summary>
internal static partial class ListBinder
{
    public static ImmutableArray<CelValue> Bind(ListSyntax list, DiagnosticBag bag)
    {
        var values = ImmutableArray.CreateBuilder<CelValue>();
        foreach (var member in list.Members)
        {
            if (Value(member) is { } value) values.Add(value);
            else bag.Error(Codes.BadNumber, member.Span, $"'{member.Value}' is too large a number", "quote it if it is a text");
        }

        return values.ToImmutable();
    }

    private static CelValue? Value(Scalar text)
    {
        var culture = CultureInfo.InvariantCulture;
        if (!text.Plain) return CelValue.Of(text.Value);
        if (text.Value is "true" or "True" or "TRUE" or "false" or "False" or "FALSE") return CelValue.Of(text.Value[0] is 't' or 'T');
        if (Whole().IsMatch(text.Value))
        {
            if (long.TryParse(text.Value, NumberStyles.AllowLeadingSign, culture, out var number)) return CelValue.Of(number);
            return ulong.TryParse(text.Value, NumberStyles.AllowLeadingSign, culture, out var large) ? CelValue.Of(large) : null;
        }

        if (!Real().IsMatch(text.Value)) return CelValue.Of(text.Value);
        return double.TryParse(text.Value, NumberStyles.Float, culture, out var real) && double.IsFinite(real) ? CelValue.Of(real) : null;
    }

    [GeneratedRegex(@"^[-+]?[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Real();
}
