using Qualm.Bench.Measuring;
using Qualm.Bench.Workloads;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Bench.Decoding;

/// <summary>Decoding against the walk.</summary>
internal static class DecodeBench
{
    public static async Task RunAsync(Report report, Scale scale)
    {
        report.Section("Decode", "the walk, a bare `Utf8JsonReader` over each line of the same bytes in memory; one thread, processor time");
        await CompareAsync(report, scale, "8 kinds", EventFile.Generate(EventKind.Eight, scale.FileEvents));
        await CompareAsync(report, scale, "8 kinds, the line names the VM", EventFile.Generate(EventKind.Eight, scale.FileEvents, vms: 10_000));
        await CompareAsync(report, scale, "captures of a real QEMU", EventFile.Captured(Captures, scale.FileEvents));
    }

    private static string Captures => Path.Combine(AppContext.BaseDirectory, "samples", "captures");

    private static async Task CompareAsync(Report report, Scale scale, string what, EventFile file)
    {
        var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
        var contest = await new Contest(
            Clock.Cpu,
            scale.Rounds,
            Side.Of("walk", file.Count, () => Walk.Over(file)),
            Side.Of("lines", file.Count, () => DecodeLoops.Lines(file, slots)),
            new Side("document", file.Count, () => DecodeLoops.DocumentAsync(file))).RunAsync();
        report.Row(FormattableString.Invariant($"`EventDecoder`, {what}, {file.LineLength:0} bytes"), contest, 1);
        report.Row($"`DocumentReader`, {what}", contest, 2);
    }
}
