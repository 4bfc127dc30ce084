namespace Qualm.Engine.Serving.Metrics;

/// <summary>One series of a metric: its labels, and its value or its buckets. Written from many threads.</summary>
/// <param name="labels">As they are written between braces; empty for none.</param>
/// <param name="bounds">Upper bounds of the buckets, ascending; null for no histogram.</param>
internal sealed class MetricCell(string labels, double[]? bounds)
{
    private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length + 1];
    private long _count;
    private double _value;

    public string Labels => labels;

    /// <summary>The value; of a histogram the sum.</summary>
    public double Value => Volatile.Read(ref _value);

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double value)
    {
        for (var known = Volatile.Read(ref _value); ;)
        {
            var found = Interlocked.CompareExchange(ref _value, known + value, known);
            if (found.Equals(known)) return;
            known = found;
        }
    }

    /// <summary>Adds to a sum of whole numbers, which is what nearly all counters are.</summary>
    public void Add(long value) => Interlocked.Add(ref _count, value);

    /// <summary>The value, whichever way it was added to.</summary>
    public double Sum => Value + Volatile.Read(ref _count);

    public void Observe(double value)
    {
        var bucket = Array.BinarySearch(bounds!, value);
        Interlocked.Increment(ref _buckets![bucket < 0 ? ~bucket : bucket]);
        Add(value);
    }

    /// <summary>Of each bucket alone, the last one open.</summary>
    public long[] Buckets => [.. Enumerable.Range(0, _buckets!.Length).Select(i => Volatile.Read(ref _buckets[i]))];
}
