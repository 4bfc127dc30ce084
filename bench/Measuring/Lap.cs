namespace Qualm.Bench.Measuring;

/// <summary>What one run cost, an item.</summary>
/// <param name="Wall">Seconds.</param>
/// <param name="Cpu">Seconds of processor time of this process, all threads.</param>
/// <param name="Allocated">Bytes.</param>
internal readonly record struct Lap(double Wall, double Cpu, double Allocated);
