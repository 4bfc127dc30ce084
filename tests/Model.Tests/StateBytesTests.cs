namespace Qualm.Model.Tests;

public sealed class StateBytesTests
{
    private static StateReader Read(StateWriter writer) => new([.. writer.Pieces.Select(p => (ReadOnlyMemory<byte>)p.ToArray())]);

    [Fact]
    public void What_was_written_is_read_in_the_same_order()
    {
        var writer = new StateWriter();
        writer.Write(true);
        writer.Write((byte)7);
        writer.Write(-5);
        writer.Write(long.MinValue);
        writer.Write(double.NaN);
        writer.Write(new Instant(42));
        writer.Write((string?)null);
        writer.Write("");
        writer.Write("ö\ud800");
        writer.Write("bytes"u8);
        writer.WriteAll<long>([1, 2, 3]);
        var reader = Read(writer);
        reader.Left.ShouldBe(writer.Length);
        reader.ReadBool().ShouldBeTrue();
        reader.ReadByte().ShouldBe((byte)7);
        reader.ReadInt32().ShouldBe(-5);
        reader.ReadInt64().ShouldBe(long.MinValue);
        reader.ReadDouble().ShouldBe(double.NaN);
        reader.ReadInstant().ShouldBe(new Instant(42));
        reader.ReadText().ShouldBeNull();
        reader.ReadText().ShouldBe("");
        reader.ReadText().ShouldBe("ö\ud800");
        reader.ReadBytes().ShouldBe("bytes"u8.ToArray());
        reader.ReadAll<long>().ShouldBe([1, 2, 3]);
        reader.Left.ShouldBe(0);
    }

    [Fact]
    public void Pieces_may_break_anywhere()
    {
        var writer = new StateWriter();
        var numbers = Enumerable.Range(0, 300_000).Select(n => (long)n).ToArray();
        writer.Write((byte)1);
        writer.WriteAll<long>(numbers);
        writer.Write("end");
        writer.Pieces.Count.ShouldBe(3);
        var reader = Read(writer);
        reader.ReadByte().ShouldBe((byte)1);
        reader.ReadAll<long>().ShouldBe(numbers);
        reader.ReadText().ShouldBe("end");
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-2)]
    public void A_count_that_cannot_be_is_refused_before_memory_is_taken(int count)
    {
        var writer = new StateWriter();
        writer.Write(count);
        Should.Throw<StateFormatException>(() => Read(writer).ReadAll<long>());
        Should.Throw<StateFormatException>(() => Read(writer).ReadText());
    }

    [Fact]
    public void Bytes_that_were_cut_are_refused()
    {
        var writer = new StateWriter();
        writer.Write(1);
        var reader = Read(writer);
        Should.Throw<StateFormatException>(() => reader.ReadInt64());
    }
}
