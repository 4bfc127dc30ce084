using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Disks and quorums.</summary>
internal static class StorageFolds
{
    public static void Register(FoldTable table)
    {
        var texts = table.Texts;
        table.Changes(VmPart.Disks, "BLOCK_IO_ERROR", "BLOCK_IMAGE_CORRUPTED");
        table.Changes(VmPart.Quorum, "QUORUM_REPORT_BAD", "QUORUM_FAILURE");
        table.On("BLOCK_IO_ERROR", schema =>
        {
            var (disk, reason) = (new DiskName(schema), Member.Of(schema, "reason"));
            var (action, nospace) = (Member.Of(schema, "action"), Member.Of(schema, "nospace"));
            return (in e, vm, scope) =>
            {
                IoError(e, vm, scope, disk, reason, nospace, texts);
                if (scope.TellsStatus(e, vm) && action.Is(e, "stop"u8)) vm.StopCause = RunState.IoError;
            };
        });
        table.On("BLOCK_IMAGE_CORRUPTED", schema =>
        {
            var (disk, message) = (new DiskName(schema), Member.Of(schema, "msg"));
            return (in e, vm, scope) => Corrupted(e, vm, scope, disk, message, texts);
        });
        table.On("QUORUM_REPORT_BAD", schema =>
        {
            var node = Member.Of(schema, "node-name");
            var (type, error) = (Member.Of(schema, "type"), Member.Of(schema, "error"));
            return (in e, vm, scope) => ReportBad(e, vm, scope, node, type, error, texts);
        });
        table.On("QUORUM_FAILURE", (in e, vm, _) =>
        {
            var quorum = vm.QuorumForChange;
            quorum.Failures += e.Weight;
            quorum.LastFailureAt = Instant.Max(quorum.LastFailureAt, e.At);
        });
    }

    private static void IoError(
        in EventView e, VmState vm, Scope scope, DiskName name, Member reason, Member nospace, TextTable texts)
    {
        vm.DisksForChange.IoErrors += e.Weight;
        if (Disk(e, vm, name, texts) is not { } disk) return;
        disk.Errors += e.Weight;
        if (!scope.Admits(e.At, disk.LastAt)) return;
        disk.LastAt = e.At;
        disk.NoSpace = nospace.IsTrue(e);
        disk.LastReason = reason.Keep(e, texts, disk.LastReason);
    }

    private static void Corrupted(in EventView e, VmState vm, Scope scope, DiskName name, Member message, TextTable texts)
    {
        vm.DisksForChange.Corruptions += e.Weight;
        if (Disk(e, vm, name, texts) is not { } disk) return;
        disk.Corrupted = true;
        if (!scope.Admits(e.At, disk.LastAt)) return;
        disk.LastAt = e.At;
        disk.LastReason = message.Keep(e, texts, disk.LastReason);
    }

    private static DiskState? Disk(in EventView e, VmState vm, DiskName member, TextTable texts)
    {
        Span<char> buffer = stackalloc char[SlotText.MaxNameLength];
        var name = member.Text(e, buffer);
        if (name.IsEmpty) return null;
        var disks = vm.DisksForChange.ByName;
        if (!disks.TryTouch(name, e.At, out var disk)) disks.Set(texts.Keep("", name), disk = new DiskState(), e.At);
        return disk;
    }

    private static void ReportBad(
        in EventView e, VmState vm, Scope scope, Member node, Member type, Member error, TextTable texts)
    {
        Span<char> buffer = stackalloc char[SlotText.MaxNameLength];
        var name = node.Text(e, buffer);
        var children = vm.QuorumForChange.Children;
        if (!children.TryTouch(name, e.At, out var child)) children.Set(texts.Keep("", name), child = new QuorumChildState(), e.At);
        child.Bad += e.Weight;
        if (!scope.Admits(e.At, child.LastAt)) return;
        child.LastAt = e.At;
        child.LastType = type.Keep(e, texts, child.LastType);
        child.LastError = error.Keep(e, texts, child.LastError);
    }

    /// <summary>What a disk is called: the first of its names that is not empty.</summary>
    private sealed class DiskName(EventSchema schema)
    {
        private readonly Member _device = Member.Of(schema, "device");
        private readonly Member _node = Member.Of(schema, "node-name");
        private readonly Member _path = Member.Of(schema, "qom-path");

        public ReadOnlySpan<char> Text(in EventView e, Span<char> buffer)
        {
            var name = _device.Text(e, buffer);
            if (name.IsEmpty) name = _node.Text(e, buffer);
            return name.IsEmpty ? _path.Text(e, buffer) : name;
        }
    }
}
