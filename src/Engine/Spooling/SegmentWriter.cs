using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Appends inputs to a new segment. What <see cref="Append"/> has returned from is on the disk.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private const int Gathered = 1 << 20;

    private readonly SpoolRecords _records = new();
    private readonly SpoolWriter _record = new();
    private readonly MemoryStream _pending = new(64 * 1024);
    private readonly FileStream _file;

    /// <exception cref="IOException">It cannot be made.</exception>
    public SegmentWriter(string path, SpoolHeader header)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        header.Write(_record);
        Frame(_record);
    }

    /// <summary>Bytes on the disk.</summary>
    public long Length { get; private set; }

    /// <summary>Writes the inputs and waits until the disk has them. After a fault nothing of them is there, and the writer must be disposed.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public void Append(IReadOnlyList<StampedInput> inputs)
    {
        try
        {
            for (var i = 0; i < inputs.Count; i++)
            {
                if (SpoolRecords.Keeps(inputs[i])) _records.Write(inputs[i], _record, Frame);
                if (_pending.Length >= Gathered) Send();
            }

            Send();
            _file.Flush(flushToDisk: true);
            Length = _file.Position;
        }
        catch (IOException)
        {
            TakeBack();
            throw;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _pending.Dispose();
    }

    private void Frame(SpoolWriter record) => SpoolFrame.Write(record.Written, _pending);

    private void Send()
    {
        _file.Write(_pending.GetBuffer().AsSpan(0, (int)_pending.Length));
        _pending.SetLength(0);
    }

    private void TakeBack()
    {
        try
        {
            _file.SetLength(Length);
        }
        catch (IOException)
        {
            // Then what lies behind is not read: the length is known.
        }
    }
}
