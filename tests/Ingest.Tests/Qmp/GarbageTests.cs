using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Qmp;

/// <summary>Bytes that nobody planned.</summary>
public sealed class GarbageTests
{
    private static readonly byte[][] Lines = [.. Captured.Events.Take(200)];

    [Fact]
    public void Random_bytes_throw_nothing_but_breaches_of_protocol() =>
        Prop.ForAll<byte[]>(bytes => Survives(bytes ?? [])).QuickCheckThrowOnFailure();

    [Fact]
    public void Captured_events_with_bytes_changed_throw_nothing_but_breaches_of_protocol() =>
        Prop.ForAll(Mutated.ToArbitrary(), Survives).QuickCheckThrowOnFailure();

    /// <summary>The search for the fault finds one exactly where the reader does, and at the same byte or near it.</summary>
    [Fact]
    public void The_diagnosis_agrees_with_the_reader() =>
        Prop.ForAll(Gen.OneOf(Mutated, RandomJson.Objects(4).Select(Encoding.UTF8.GetBytes)).ToArbitrary(), bytes =>
        {
            if (!System.Text.Unicode.Utf8.IsValid(bytes)) return true;
            var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
            EventDecoder.TryDecode(bytes, QmpCatalogue.Instance, slots, out var decoded);
            var malformed = decoded.Error?.StartsWith("malformed JSON", StringComparison.Ordinal) ?? false;
            return malformed == !IsJson(bytes) && (!malformed || !decoded.Error!.Contains("cannot be read", StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    /// <summary>A space in front keeps a message from being taken in QEMU's own form; nothing else may depend on it.</summary>
    [Fact]
    public void QEMUs_own_form_decodes_as_any_other_does() => DecodeAlike(Gen.OneOf(Gen.Elements(Lines), Mutated));

    [Fact]
    public void Lines_that_name_their_VM_decode_as_any_other_does() => DecodeAlike(Labelled);

    private static void DecodeAlike(Gen<byte[]> messages) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(messages.ToArbitrary(), bytes => Print(bytes, 0, alone: true) == Print([(byte)' ', .. bytes], 1, alone: true)
            && Print(bytes, 0, alone: false) == Print([(byte)' ', .. bytes], 1, alone: false)));

    private static string Print(byte[] bytes, int shift, bool alone)
    {
        var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
        EventDecoder.TryDecode(bytes, QmpCatalogue.Instance, slots, alone, out var decoded, out var consumed);
        return $"{decoded.Kind} {decoded.Error} {(decoded.Error is null ? 0 : decoded.ErrorOffset - shift)} {Encoding.UTF8.GetString(decoded.NameUtf8)} "
            + $"{decoded.EventTime} {Encoding.UTF8.GetString(decoded.Data)} {decoded.Altered} {string.Join(' ', decoded.Slots.ToArray())} "
            + $"{Convert.ToHexString(decoded.Vm)} {Convert.ToHexString(decoded.Host)} {(consumed == 0 ? 0 : consumed - shift)}";
    }

    /// <summary>Captured events with labels around them, sound ones and others, in either spacing; some bytes changed in some.</summary>
    private static Gen<byte[]> Labelled =>
        from line in Gen.Elements(Lines)
        from front in RandomLabels.List
        from behind in RandomLabels.List
        from compact in Gen.Elements(false, true)
        from tail in Gen.Elements("", "", "", " \r\n", "\n{}", ",")
        let labelled = RandomLabels.Around(line, front, behind, compact)
        from mutated in Gen.Frequency((3, Gen.Constant(labelled)), (1, Changed(labelled)))
        select (byte[])[.. mutated, .. Encoding.UTF8.GetBytes(tail)];

    private static Gen<byte[]> Mutated => from line in Gen.Elements(Lines) from changed in Changed(line) select changed;

    private static Gen<byte[]> Changed(byte[] line) =>
        from changes in Gen.Choose(0, line.Length - 1).Zip(Gen.OneOf(Gen.Choose(0, 255), Gen.Elements([.. "{}[]\",:\\0e.-"u8.ToArray().Select(b => (int)b)]))).ListOf()
        from length in Gen.Choose(0, line.Length * 4)
        select Mutate(line, changes.Take(3), length);

    private static byte[] Mutate(byte[] line, IEnumerable<(int At, int Value)> changes, int length)
    {
        var copy = line.ToArray();
        foreach (var (at, value) in changes) copy[at] = (byte)value;
        return copy[..Math.Min(length, copy.Length)];
    }

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Survives(byte[] bytes)
    {
        try
        {
            QmpDecoder.Decode(bytes, QmpCatalogue.Instance);
        }
        catch (QmpProtocolException e)
        {
            return e.Offset >= 0 && e.Offset <= bytes.Length;
        }

        return true;
    }
}
