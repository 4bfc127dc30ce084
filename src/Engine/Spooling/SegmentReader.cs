using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Reads the inputs of one segment in order, also while it grows. For one thread at a time.</summary>
internal sealed class SegmentReader(string path)
{
    private const int Chunk = 4 << 20;

    private readonly SpoolRecords _records = new();
    private ReadOnlyMemory<byte> _bytes;
    private long _at;

    /// <summary>Whose it is; null before the first read, and when that cannot be made out.</summary>
    public SpoolHeader? Header { get; private set; }

    /// <summary>Where reading ended for good; null while all was sound.</summary>
    public SpoolDamage? Damage { get; private set; }

    /// <summary>Bytes read.</summary>
    public long At => _at;

    /// <summary>The next inputs, up to what is on the disk; empty when all has been read.</summary>
    /// <param name="end">Where the segment ends at present, in bytes.</param>
    /// <param name="mayBeTorn">Whether its end may have been cut off.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public List<StampedInput> Read(int max, long end, bool mayBeTorn)
    {
        var inputs = new List<StampedInput>();
        while (inputs.Count < max && Damage is null && _at < end)
        {
            if (!SpoolFrame.TryRead(_bytes, out var record))
            {
                if (_bytes.Length < end - _at)
                {
                    Load(end);
                    continue;
                }

                Spoil("it is unsound", mayBeTorn && !SpoolFrame.HasRecordBehind(_bytes));
                break;
            }

            try
            {
                if (Take(new SpoolReader(record)) is { } input) inputs.Add(input);
            }
            catch (InvalidDataException e)
            {
                Spoil(e.Message, torn: false);
                break;
            }

            var length = SpoolFrame.Overhead + record.Length;
            _bytes = _bytes[length..];
            _at += length;
        }

        return inputs;
    }

    private StampedInput? Take(SpoolReader record)
    {
        if (Header is null)
        {
            Header = SpoolHeader.Read(record);
            return null;
        }

        _records.Read(record, out var input);
        return input;
    }

    // A chunk more than before, or all there is when a single record is larger.
    private void Load(long end)
    {
        var length = Math.Min(end - _at, Math.Max(Chunk, _bytes.Length * 4L));
        var bytes = new byte[length];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Position = _at;
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read <= _bytes.Length) Spoil($"it ends at {_at + read} and should be {end} bytes long", torn: false);
        _bytes = bytes.AsMemory(0, read);
    }

    private void Spoil(string why, bool torn) => Damage = new SpoolDamage(path, _at, _bytes, torn, why);
}
