using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Model.Tests;

public sealed class InstantTests
{
    private static readonly Arbitrary<long> Dates = Gen.Choose(int.MinValue, int.MaxValue)
        .Two().Select(pair => Math.Clamp(((long)pair.Item1 * 100_000) + pair.Item2, Instant.MinValue.Micros, Instant.MaxValue.Micros)).ToArbitrary();

    [Fact]
    public void Text_has_all_six_decimals() =>
        Instant.FromUnix(1258551470, 802384).ToString().ShouldBe("2009-11-18T13:37:50.802384Z");

    [Fact]
    public void Text_is_read_back_to_the_microsecond() =>
        Prop.ForAll(Dates, micros => Instant.TryParse(new Instant(micros).ToString(), out var read) && read.Micros == micros).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_are_those_of_the_text() =>
        Prop.ForAll(Dates, micros =>
        {
            Span<byte> utf8 = stackalloc byte[Instant.TextLength];
            var time = new Instant(micros);
            return time.TryFormat(utf8, out var written) && Encoding.ASCII.GetString(utf8[..written]) == time.ToString();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Order_of_texts_is_order_of_time() =>
        Prop.ForAll(Dates, Dates, (a, b) =>
            Math.Sign(string.CompareOrdinal(new Instant(a).ToString(), new Instant(b).ToString())) == a.CompareTo(b)).QuickCheckThrowOnFailure();

    [Fact]
    public void An_offset_is_taken_into_account()
    {
        Instant.TryParse("2026-01-01T02:00:00.5+02:00", out var time).ShouldBeTrue();
        time.ToString().ShouldBe("2026-01-01T00:00:00.500000Z");
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("2026-13-01T00:00:00Z")]
    public void Other_texts_are_no_times(string text) => Instant.TryParse(text, out _).ShouldBeFalse();
}
