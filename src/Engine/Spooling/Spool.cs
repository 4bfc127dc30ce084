using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>
/// The log's head that is not committed yet, on the disk: inputs go in behind and come out in front, and stay until they are committed.
/// One thread appends while another reads and trims.
/// </summary>
/// <param name="store">Identity of the store.</param>
/// <param name="epoch">Of this engine.</param>
internal sealed class Spool(string root, string store, long epoch, SpoolOptions options) : IDisposable
{
    private readonly Lock _books = new();
    private readonly List<Segment> _segments = [];
    private SpoolFolder? _folder;
    private SegmentWriter? _writer;
    private Segment? _writing;
    private SegmentReader? _reader;
    private Segment? _read;
    private Instant _yielded = Instant.MinValue;
    private Instant _trimmed = Instant.MinValue;
    private long _sequence;

    /// <summary>Inputs on the disk, of segments that hold any that are not committed.</summary>
    public long Inputs
    {
        get
        {
            lock (_books) return _segments.Sum(s => s.Inputs);
        }
    }

    /// <summary>Bytes on the disk.</summary>
    public long Bytes
    {
        get
        {
            lock (_books) return _segments.Sum(s => s.Length);
        }
    }

    /// <summary>Stamp of the first input that may not be committed; null when there is none.</summary>
    public Instant? Oldest
    {
        get
        {
            lock (_books) return _segments.Count > 0 ? Instant.Max(_segments[0].First, _trimmed) : null;
        }
    }

    /// <summary>What was found damaged since this was asked last.</summary>
    public SpoolDamage? TakeDamage()
    {
        var damage = _reader?.Damage;
        if (damage is null || _read is null) return null;
        Leave();
        return damage;
    }

    /// <summary>Whether the disk leaves room for more.</summary>
    public bool DiskHasRoom()
    {
        try
        {
            return new DriveInfo(_folder?.Path ?? Existing(root)).AvailableFreeSpace >= options.FreeDisk;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Puts inputs on the disk, behind all before.</summary>
    /// <exception cref="IOException">They are not there: the disk is full or broken.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Append(IReadOnlyList<StampedInput> inputs)
    {
        var (count, last) = (0, Instant.MinValue);
        foreach (var input in inputs)
        {
            if (!SpoolRecords.Keeps(input)) continue;
            if (count++ == 0) Begin(input.Stamp);
            last = input.Stamp;
        }

        while (count > 0 && !TryAppend(inputs, count, last)) Begin(inputs.First(SpoolRecords.Keeps).Stamp);
    }

    /// <summary>The next inputs in their order, each once; empty when all were given, or what follows is damaged.</summary>
    /// <exception cref="IOException">The disk does not give them back.</exception>
    public IReadOnlyList<StampedInput> Read(int max)
    {
        while (true)
        {
            if (_read is null && !Follow()) return [];
            var (reading, reader) = (_read!, _reader!);
            var (end, isLast) = Standing(reading);
            var inputs = reader.Read(max, end, mayBeTorn: false);

            // In-flight turns may stand here more than once.
            inputs.RemoveAll(input =>
            {
                if (input.Stamp <= _yielded) return true;
                _yielded = input.Stamp;
                return false;
            });
            if (inputs.Count > 0 || reader.Damage is not null) return inputs;
            if (reader.At < end) continue;
            if (isLast) return [];
            reading.IsRead = true;
            (_read, _reader) = (null, null);
        }
    }

    /// <summary>Removes the segments that are read and committed.</summary>
    /// <param name="committed">The highest stamp of all that is committed.</param>
    public void Trim(Instant committed)
    {
        lock (_books)
        {
            _trimmed = Instant.Max(_trimmed, committed);
            while (_segments.Count > 0 && _segments[0] is { IsRead: true } first && first.Last <= committed)
            {
                File.Delete(first.Path);
                _segments.RemoveAt(0);
            }
        }
    }

    /// <summary>Removes everything: all of it is committed. Nobody may append meanwhile.</summary>
    public void Clear()
    {
        End();
        lock (_books)
        {
            foreach (var segment in _segments) File.Delete(segment.Path);
            _segments.Clear();
            (_read, _reader) = (null, null);
        }
    }

    /// <summary>Puts aside the segment that is being read. What follows it is read next.</summary>
    /// <returns>Where it lies.</returns>
    public string PutAside(SpoolDamage damage) => _folder!.PutAside(damage.File);

    /// <summary>Leaves on the disk what is there.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _folder?.Dispose();
    }

    // False when the segment turned out to be damaged, and was left, meanwhile.
    private bool TryAppend(IReadOnlyList<StampedInput> inputs, int count, Instant last)
    {
        var writer = _writer!;
        try
        {
            writer.Append(inputs);
        }
        catch (IOException)
        {
            End();
            throw;
        }

        lock (_books)
        {
            var segment = _writing!;
            if (!_segments.Contains(segment)) return false;
            (segment.Length, segment.Inputs, segment.Last) = (writer.Length, segment.Inputs + count, Instant.Max(segment.Last, last));
            return true;
        }
    }

    private static string Existing(string path)
    {
        while (!Directory.Exists(path)) path = Path.GetDirectoryName(path)!;
        return path;
    }

    private void Begin(Instant first)
    {
        _folder ??= SpoolFolder.Take(root, epoch);
        if (_writer is { } writer && writer.Length < options.SegmentSize && IsKnown(_writing)) return;
        End();
        var path = _folder.SegmentPath(++_sequence);
        _writer = new SegmentWriter(path, new SpoolHeader(store, epoch, _sequence));
        _folder.Keep();
        _writing = new Segment(path, first);
        lock (_books) _segments.Add(_writing);
    }

    private bool IsKnown(Segment? segment)
    {
        lock (_books) return segment is not null && _segments.Contains(segment);
    }

    private void End()
    {
        _writer?.Dispose();
        _writer = null;
    }

    private bool Follow()
    {
        lock (_books)
        {
            if (_segments.Find(s => !s.IsRead) is not { } next) return false;
            (_read, _reader) = (next, new SegmentReader(next.Path));
            return true;
        }
    }

    private (long End, bool IsLast) Standing(Segment segment)
    {
        lock (_books) return (segment.Length, segment == _segments[^1]);
    }

    // A damaged segment is at its end wherever that is, and whoever appends sees that it is gone.
    private void Leave()
    {
        lock (_books)
        {
            _segments.Remove(_read!);
            (_read, _reader) = (null, null);
        }
    }

    /// <summary>One file. Its length is that of what is known to be on the disk.</summary>
    private sealed class Segment(string path, Instant first)
    {
        public string Path { get; } = path;

        public Instant First { get; } = first;

        public Instant Last { get; set; } = first;

        public long Length { get; set; }

        public long Inputs { get; set; }

        public bool IsRead { get; set; }
    }
}
