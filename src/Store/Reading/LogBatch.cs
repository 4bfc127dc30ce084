namespace Qualm.Store.Reading;

/// <summary>Some events in the order asked for. Valid until the next one is asked for: rows and bytes are used again.</summary>
public sealed class LogBatch
{
    private LogRow[] _rows = new LogRow[1024];

    public int Count { get; private set; }

    public ReadOnlySpan<LogRow> Rows => _rows.AsSpan(0, Count);

    public ref readonly LogRow this[int index] => ref Rows[index];

    internal void Clear() => Count = 0;

    internal void Add(in LogRow row)
    {
        if (Count == _rows.Length) Array.Resize(ref _rows, Count * 2);
        _rows[Count++] = row;
    }
}
