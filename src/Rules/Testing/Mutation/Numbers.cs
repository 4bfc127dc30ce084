using System.Globalization;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing.Mutation;

/// <summary>Values near a value, as they are written.</summary>
internal static class Numbers
{
    public static IEnumerable<string> Around(long number) =>
        new[] { number - 1, number + 1, number * 2 }.Where(n => n != number && n >= 0).Distinct().Select(n => n.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whole numbers by one, fractions by their half; both doubled.</summary>
    public static IEnumerable<string> Around(double number)
    {
        if (number == Math.Floor(number) && Math.Abs(number) < 1L << 40) return Around((long)number);
        return new[] { number / 2, number * 2 }.Select(n => n.ToString("0.0###############", CultureInfo.InvariantCulture));
    }

    /// <summary>Half and double.</summary>
    public static IEnumerable<string> Around(TimeSpan length) =>
        length <= TimeSpan.Zero ? [] : new[] { Milliseconds(length / 2), length * 2 }.Where(l => l > TimeSpan.Zero && l != length).Select(Durations.Format);

    private static TimeSpan Milliseconds(TimeSpan length) => TimeSpan.FromMilliseconds(Math.Floor(length.TotalMilliseconds));
}
