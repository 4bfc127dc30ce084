namespace Qualm.Bench.Measuring;

/// <summary>By which time two sides are compared.</summary>
internal enum Clock
{
    /// <summary>Processor time of this process: for work of one thread, because it leaves out what the neighbours on the machine take.</summary>
    Cpu,

    /// <summary>Time on the wall: for work that others do for us, or that waits.</summary>
    Wall,
}
