using Qualm.Engine.Turns;
using Qualm.Ingest.Documents;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Engine.Replaying;

/// <summary>
/// Feeds a timeline with one file as foreign history, decoding in place: nothing is kept of an event once it is judged.
/// Positions are the ordinals of the events in the file, from 1.
/// </summary>
/// <param name="since">Events before this event time are passed over.</param>
/// <param name="until">Events at or after this event time are passed over.</param>
internal sealed class FileReplay(Timeline timeline, IDecisionSink sink, Instant? since, Instant? until)
{
    private readonly Queue<byte[]> _held = new();
    private HistoryClock _clock;
    private bool _started;
    private long _ordinal;

    /// <summary>Events read.</summary>
    public long Read => _ordinal;

    /// <param name="garbage">Told of what cannot be decoded: line, column, reason.</param>
    public async Task RunAsync(Stream stream, FileNaming naming, string name, Action<long, long, string> garbage, CancellationToken cancellationToken)
    {
        var (vm, host) = (naming.Vm!, naming.Host);
        var reader = new DocumentReader(stream, timeline.Catalogue);
        while (await reader.FillAsync(cancellationToken))
        {
            while (reader.TryRead(out var item))
            {
                if (item.Kind == DocumentItemKind.Event) Take(item, vm, host, name);
                else if (item.Kind == DocumentItemKind.Garbage) garbage(item.Line, item.Column, item.Reason!);
            }
        }

        Release(null, vm, host, name);
    }

    private void Take(in DocumentItem item, string vm, string? host, string name)
    {
        var time = item.Decoded.EventTime;
        if (!_started && time is null && _held.Count < ForeignHistory.MostAhead)
        {
            _held.Enqueue(item.Bytes.ToArray());
            return;
        }

        Release(time, vm, host, name);
        if (_clock.NeedsNext(time)) _held.Enqueue(item.Bytes.ToArray());
        else Feed(item.Decoded, _clock.Read(time), vm, host, name);
    }

    // What was held back waited for the time of this event: the first of the file, or one that confirms a step.
    private void Release(Instant? next, string vm, string? host, string name)
    {
        if (!_started)
        {
            _started = true;
            _clock = new HistoryClock(next);
        }

        if (_held.Count == 0) return;
        var slots = new MemberSlot[timeline.Catalogue.MostSlots];
        while (_held.TryDequeue(out var bytes))
        {
            EventDecoder.TryDecode(bytes, timeline.Catalogue, slots, out var decoded);
            Feed(decoded, _clock.Read(decoded.EventTime, next), vm, host, name);
        }
    }

    private void Feed(in DecodedEvent decoded, HistoryTime time, string vm, string? host, string name)
    {
        _ordinal++;
        if (time.At < since || time.At >= until) return;
        var subject = decoded.Vm.IsEmpty ? timeline.Fleet.GetOrAddVm(vm) : timeline.Fleet.GetOrAddVm(decoded.Vm);
        var data = Timeline.WithoutEmpty(decoded.Data);
        timeline.Feed(
            new EventView
            {
                Schema = decoded.Schema,
                Name = decoded.Schema?.Name ?? System.Text.Encoding.UTF8.GetString(decoded.NameUtf8),
                Data = data,
                Slots = data.IsEmpty ? [] : decoded.Slots,
                At = time.At,
                Stamp = time.Stamp,
                Position = new Position(_ordinal),
                Marks = time.HadNone ? EventMarks.NoTime : EventMarks.None,
                Weight = 1,
                Vm = subject,
                Host = !decoded.Host.IsEmpty ? timeline.Fleet.GetOrAddHost(decoded.Host) : host is not null ? timeline.Fleet.GetOrAddHost(host) : subject.Host,
                Source = name,
            },
            sink);
    }
}
