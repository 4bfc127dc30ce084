using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Sources;

/// <summary>
/// A file of JSON lines that grows, is rotated or cut. Each event tells where to go on behind it, so that a restart
/// neither loses nor repeats a line. An unfinished last line waits for its end. Never ends by itself.
/// </summary>
public sealed class TailSource : IEventSource
{
    private const int MostGarbage = 64 * 1024;

    private readonly string _path;
    private readonly FileNaming _naming;
    private readonly TailOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TailFiles _files;
    private TailPosition? _from;
    private TailLines? _lines;
    private OriginTable? _origins;
    private TimeSpan _quiet;
    private bool _moved;
    private bool _waiting;
    private long _epoch;
    private long _ordinal;

    /// <param name="from">Where the last recorded event of an earlier run ended; null to begin at the start of the file.</param>
    public TailSource(string path, FileNaming naming, TailPosition? from, TailOptions options, TimeProvider time, ILogger logger)
    {
        _path = Path.GetFullPath(path);
        _naming = naming.For(_path);
        _options = options;
        _time = time;
        _logger = logger;
        _files = new(_path);
        _from = from;
        Name = NameOf(path);
    }

    public string Name { get; }

    /// <summary>The name of the source that tails <paramref name="path"/>, as it stands in <see cref="EventOrigin.Source"/>.</summary>
    public static string NameOf(string path) => "tail:" + Path.GetFullPath(path);

    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _moved = false;
                foreach (var item in Look()) yield return item;
                if (_moved) continue;
                await Task.Delay(_options.PollInterval, _time, cancellationToken);
                _quiet += _options.PollInterval;
            }
        }
        finally
        {
            _lines?.Dispose();
            _lines = null;
        }
    }

    /// <summary>Takes what is there now. Sets <see cref="_moved"/> when it is worth looking again at once.</summary>
    private IEnumerable<SourceItem> Look()
    {
        var lines = _lines ?? Open();
        if (lines is null) yield break;
        _moved = lines.Fill();
        while (lines.TryTake(last: false, out var line))
        {
            _from = lines.Position;
            if (Item(line) is { } item) yield return item;
        }

        if (_moved)
        {
            _quiet = TimeSpan.Zero;
            yield break;
        }

        if (lines.Status is not { } status) yield break;
        var cut = status.Size < lines.ReadTo;
        if (!cut && !IsFinished(status)) yield break;

        if (lines.TryTake(last: true, out var rest))
        {
            _from = lines.Position;
            if ((cut ? Garbage(rest, "the file was cut inside this line") : Item(rest)) is { } item) yield return item;
        }

        if (cut) Restart(lines);
        else Follow(lines, status);
    }

    private TailLines? Open()
    {
        var lines = _files.Open(_from, _options.MaxLineBytes, out var notice);
        if (lines is not null) Begin(lines, notice);
        else if (_epoch == 0 && !_waiting) Log.TailNotice(_logger, Name, "no such file yet; waiting for it");
        _waiting = true;
        return lines;
    }

    private void Restart(TailLines lines)
    {
        lines.Rewind();
        Begin(lines, "cut; it is read from its start");
    }

    private void Follow(TailLines lines, FileStatus finished)
    {
        if (TailFiles.Open(_files.Next(finished), 0, _options.MaxLineBytes) is not { } next) return;
        lines.Dispose();
        Begin(next, "rotated; the next file is read");
    }

    private void Begin(TailLines lines, string? notice)
    {
        _lines = lines;
        _from = lines.Position;
        _origins = new(Name, lines.Position.File, _options.EpochsAbove + ++_epoch, _naming);
        _quiet = TimeSpan.Zero;
        _moved = true;
        if (notice is not null) Log.TailNotice(_logger, Name, notice);
    }

    // A new file that has lines has been taken up by the writer; one without may have been made by whoever rotates, while
    // the writer still writes to the old one.
    private bool IsFinished(FileStatus status) =>
        _quiet >= _options.PollInterval
        && _files.Next(status) is { } next
        && (_quiet >= _options.Farewell || FileStatus.Of(next) is { Size: > 0 });

    private SourceItem? Item(TailLine line)
    {
        if (line.Dropped > 0) return Garbage(line, $"a line longer than {_options.MaxLineBytes} bytes");
        if (line.Bytes.Span.IndexOfAnyExcept(" \t\r"u8) < 0) return null;
        try
        {
            if (QmpDecoder.Decode(line.Bytes, QmpCatalogue.Instance) is not QmpMessage.Event e) return null;
            var id = EventIds.OfTailed(line.Start, line.Bytes.Span);
            return new SourceItem.Event(new(e.Value, _origins!.Of(e.Vm, e.Host), id, ++_ordinal, line.End));
        }
        catch (QmpProtocolException fault)
        {
            return Garbage(line, fault.Message, fault.Offset + 1);
        }
    }

    private SourceItem.Garbage Garbage(TailLine line, string reason, long column = 0)
    {
        var bytes = line.Bytes[..Math.Min(line.Bytes.Length, MostGarbage)];
        var text = string.Create(CultureInfo.InvariantCulture, $"{reason}, in the line at byte {line.Start.Offset}");
        return new(new(Name, 0, column, text, bytes, EventIds.OfGarbage(line.Start.File, line.Start.Offset, line.End, bytes.Span)));
    }
}
