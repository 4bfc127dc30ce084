namespace Qualm.Bench.Measuring;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">Laps a side.</param>
/// <param name="FileEvents">Events of a generated file.</param>
/// <param name="WarmPerVm">Events each VM has seen before anything counts.</param>
/// <param name="StoreEvents">Events in the store that is read back.</param>
/// <param name="Answers">Events whose latency is measured.</param>
/// <param name="Remembered">Events that rules remember when the service is killed.</param>
/// <param name="Monitors">Silent monitors that are watched.</param>
/// <param name="IdleStretches">Stretches of ten seconds for which they are.</param>
internal sealed record Scale(int Rounds, int FileEvents, int WarmPerVm, int StoreEvents, int Answers, int Remembered, int Monitors, int IdleStretches)
{
    public static readonly Scale Full = new(5, 100_000, 24, 200_000, 5_000, 1_000_000, 5_000, 6);

    public static readonly Scale Quick = new(3, 50_000, 6, 50_000, 300, 100_000, 1_000, 2);
}
