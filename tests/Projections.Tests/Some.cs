using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Projections.Tests;

/// <summary>A fleet, its fold, and the words to tell it what happened.</summary>
internal sealed class Some
{
    public static readonly Instant Start = Instant.FromUnix(1_800_000_000, 0);

    private readonly MemberSlot[] _slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
    private long _position;

    public Some()
        : this(new Fleet())
    {
    }

    private Some(Fleet fleet) => (Fleet, Fold) = (fleet, new FleetFold(QmpCatalogue.Instance, Changes));

    public Fleet Fleet { get; }

    public PublishedSet Changes { get; } = new();

    public FleetFold Fold { get; }

    public VmState Vm => Fleet.GetOrAddVm("a");

    /// <summary>Folds one event of VM <c>a</c>.</summary>
    /// <param name="at">Seconds after <see cref="Start"/>.</param>
    /// <param name="data">With single quotes; null for none.</param>
    public VmState Happens(
        string name, double at, string? data = null, string? host = null, string vm = "a", long weight = 1,
        bool onlyNewer = false, EventMarks marks = EventMarks.None) =>
        Feed(
            Encoding.UTF8.GetBytes($$"""{"event": "{{name}}"{{(data is null ? "" : $", \"data\": {data.Replace('\'', '"')}")}}}"""),
            Start + TimeSpan.FromSeconds(at), host, vm, weight, onlyNewer, marks);

    /// <summary>Folds a message as it was received, if it is an event.</summary>
    public VmState Feed(
        ReadOnlySpan<byte> message, Instant? at = null, string? host = null, string vm = "a", long weight = 1,
        bool onlyNewer = false, EventMarks marks = EventMarks.None)
    {
        var state = Fleet.GetOrAddVm(vm);
        if (!EventDecoder.TryDecode(message, QmpCatalogue.Instance, _slots, out var decoded))
        {
            decoded.Error.ShouldBeNull();
            return state;
        }

        var time = at ?? decoded.EventTime!.Value;
        var view = new EventView
        {
            Schema = decoded.Schema,
            Name = decoded.Schema?.Name ?? Encoding.UTF8.GetString(decoded.NameUtf8),
            Data = decoded.Data,
            Slots = decoded.Slots,
            At = time,
            Stamp = time,
            Position = new Position(++_position),
            Weight = weight,
            Marks = marks,
            Vm = state,
            Host = host is null ? state.Host : Fleet.GetOrAddHost(host),
        };
        if (onlyNewer) Fold.ApplyIfNewer(view);
        else Fold.Apply(view);
        return state;
    }

    /// <summary>Goes on in a fleet that was read back from documents.</summary>
    public Some Restored()
    {
        var copy = new Some { _position = _position };
        foreach (var vm in Fleet.Vms) VmDocument.Read(VmDocument.ToUtf8(vm), copy.Fleet);
        return copy;
    }

    /// <summary>Goes on in another fleet where this one stands.</summary>
    public Some GoingOnIn(Fleet fleet) => new(fleet) { _position = _position };

    public string Picture() => string.Join(
        '\n',
        Fleet.Vms.Select(vm => Encoding.UTF8.GetString(VmDocument.ToUtf8(vm).Span))
            .Concat(Fleet.Hosts.Select(host => Encoding.UTF8.GetString(HostDocument.ToUtf8(host).Span))));

}
