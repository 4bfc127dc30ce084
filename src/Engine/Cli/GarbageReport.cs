namespace Qualm.Engine.Cli;

/// <summary>Tells on the standard error what could not be decoded, the first pieces one by one.</summary>
internal sealed class GarbageReport
{
    private const int Shown = 50;

    /// <summary>Pieces so far.</summary>
    public long Count { get; private set; }

    public void Add(string path, long line, long column, string reason)
    {
        Count++;
        if (Count <= Shown) Console.Error.WriteLine($"{path}:{line}:{column}: {reason}");
        else if (Count == Shown + 1) Console.Error.WriteLine("further pieces are counted, not shown");
    }
}
