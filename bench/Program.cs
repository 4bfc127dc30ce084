using Qualm.Bench.Answering;
using Qualm.Bench.Decoding;
using Qualm.Bench.Evaluating;
using Qualm.Bench.Idling;
using Qualm.Bench.Measuring;
using Qualm.Bench.Replaying;
using Qualm.Bench.Restarting;
using Qualm.Bench.Storing;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Qualm.Bench;

/// <summary>Measures each part beside its limit and prints Markdown. See docs/performance.md.</summary>
internal static class Program
{
    private static readonly (string Name, Func<Report, Scale, Task> RunAsync)[] Sections =
    [
        ("decode", DecodeBench.RunAsync),
        ("evaluate", EvaluateBench.RunAsync),
        ("append", AppendBench.RunAsync),
        ("replay", ReplayBench.RunAsync),
        ("latency", LatencyBench.RunAsync),
        ("image", ImageBench.RunAsync),
        ("restart", RestartBench.RunAsync),
        ("idle", IdleBench.RunAsync),
    ];

    public static async Task<int> Main(string[] args)
    {
        var scale = args.Contains("--quick") ? Scale.Quick : Scale.Full;
        var names = args.Where(a => !a.StartsWith('-')).ToArray();
        if (args.Contains("--bdn"))
        {
            DecodeMicro.Run();
            return 0;
        }

        var unknown = names.Except([.. Sections.Select(s => s.Name), "all"]).Concat(args.Where(a => a.StartsWith('-') && a != "--quick")).ToArray();
        if (unknown.Length > 0)
        {
            await Console.Error.WriteLineAsync($"bench: '{unknown[0]}' is none of: all {string.Join(' ', Sections.Select(s => s.Name))} --quick --bdn");
            return 2;
        }

        var report = new Report(Console.Out);
        foreach (var (name, runAsync) in Sections)
        {
            if (names.Length == 0 || names.Contains("all") || names.Contains(name)) await runAsync(report, scale);
        }

        report.Finish();
        return 0;
    }
}
