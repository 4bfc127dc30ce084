using Qualm.Model;

namespace Qualm.Projections;

/// <summary>The parts of a VM's picture, each preceded by whether there is one. A part that was made stays made, so that the same events make the same bytes again.</summary>
internal static class SavedParts
{
    [Flags]
    private enum Parts : ushort
    {
        None = 0,
        Panics = 1,
        Migration = 2,
        Jobs = 4,
        Balloon = 8,
        Dump = 16,
        Quorum = 32,
        Ports = 64,
        Unplug = 128,
        Disks = 256,
        Monitor = 512,
        Gap = 1024,
    }

    public static void Write(StateWriter to, TextsOut texts, VmState vm)
    {
        var parts = Of(vm);
        to.Write((int)parts);
        if (parts.HasFlag(Parts.Monitor)) Write(to, texts, vm.Monitor, parts);
        if (parts.HasFlag(Parts.Panics)) Write(to, texts, vm.Panics);
        if (parts.HasFlag(Parts.Migration)) Write(to, texts, vm.Migration);
        if (parts.HasFlag(Parts.Jobs)) Write(to, texts, vm.Jobs);
        if (parts.HasFlag(Parts.Balloon)) Write(to, vm.Balloon);
        if (parts.HasFlag(Parts.Dump)) Write(to, texts, vm.Dump);
        if (parts.HasFlag(Parts.Quorum)) Write(to, texts, vm.Quorum);
        if (parts.HasFlag(Parts.Ports)) Write(to, texts, vm.Ports);
        if (parts.HasFlag(Parts.Unplug)) Write(to, texts, vm.Unplug);
        if (parts.HasFlag(Parts.Disks)) Write(to, texts, vm.Disks);
    }

    public static void Read(StateReader from, TextsIn texts, VmState vm)
    {
        var parts = (Parts)from.ReadInt32();
        if (parts.HasFlag(Parts.Monitor)) Read(from, texts, vm.MonitorForChange, parts);
        if (parts.HasFlag(Parts.Panics)) Read(from, texts, vm.PanicsForChange);
        if (parts.HasFlag(Parts.Migration)) Read(from, texts, vm.MigrationForChange);
        if (parts.HasFlag(Parts.Jobs)) Read(from, texts, vm.JobsForChange);
        if (parts.HasFlag(Parts.Balloon)) Read(from, vm.BalloonForChange);
        if (parts.HasFlag(Parts.Dump)) Read(from, texts, vm.DumpForChange);
        if (parts.HasFlag(Parts.Quorum)) Read(from, texts, vm.QuorumForChange);
        if (parts.HasFlag(Parts.Ports)) Read(from, texts, vm.PortsForChange);
        if (parts.HasFlag(Parts.Unplug)) Read(from, texts, vm.UnplugForChange);
        if (parts.HasFlag(Parts.Disks)) Read(from, texts, vm.DisksForChange);
    }

    private static Parts Of(VmState vm) =>
        (ReferenceEquals(vm.Monitor, MonitorState.None) ? Parts.None : Parts.Monitor)
        | (ReferenceEquals(vm.Monitor.Gap, GapState.None) ? Parts.None : Parts.Gap)
        | (ReferenceEquals(vm.Panics, PanicState.None) ? Parts.None : Parts.Panics)
        | (ReferenceEquals(vm.Migration, MigrationState.None) ? Parts.None : Parts.Migration)
        | (ReferenceEquals(vm.Jobs, JobsState.None) ? Parts.None : Parts.Jobs)
        | (ReferenceEquals(vm.Balloon, BalloonState.None) ? Parts.None : Parts.Balloon)
        | (ReferenceEquals(vm.Dump, DumpState.None) ? Parts.None : Parts.Dump)
        | (ReferenceEquals(vm.Quorum, QuorumState.None) ? Parts.None : Parts.Quorum)
        | (ReferenceEquals(vm.Ports, PortsState.None) ? Parts.None : Parts.Ports)
        | (ReferenceEquals(vm.Unplug, UnplugState.None) ? Parts.None : Parts.Unplug)
        | (ReferenceEquals(vm.Disks, DisksState.None) ? Parts.None : Parts.Disks);

    private static void Write(StateWriter to, TextsOut texts, MonitorState monitor, Parts parts)
    {
        to.Write(monitor.Known);
        to.Write(monitor.Connected);
        to.Write(monitor.Since);
        to.Write(monitor.Losses);
        to.Write(monitor.Source);
        if (parts.HasFlag(Parts.Gap)) SavedHost.Write(to, texts, monitor.Gap);
    }

    private static void Read(StateReader from, TextsIn texts, MonitorState monitor, Parts parts)
    {
        monitor.Known = from.ReadBool();
        monitor.Connected = from.ReadBool();
        monitor.Since = from.ReadInstant();
        monitor.Losses = from.ReadInt64();
        monitor.Source = from.ReadSomeText();
        if (parts.HasFlag(Parts.Gap)) SavedHost.Read(from, texts, monitor.GapForChange);
    }

    private static void Write(StateWriter to, TextsOut texts, PanicState panics)
    {
        to.Write(panics.Count);
        to.Write(panics.LastAt);
        texts.Write(panics.LastAction);
        to.Write(panics.Panicked);
        to.Write(panics.CrashLoaded);
    }

    private static void Read(StateReader from, TextsIn texts, PanicState panics)
    {
        panics.Count = from.ReadInt64();
        panics.LastAt = from.ReadInstant();
        panics.LastAction = texts.Read();
        panics.Panicked = from.ReadBool();
        panics.CrashLoaded = from.ReadInt64();
    }

    private static void Write(StateWriter to, TextsOut texts, MigrationState migration)
    {
        to.Write(migration.Known);
        texts.Write(migration.Status);
        to.Write(migration.Since);
        to.Write(migration.Active);
        to.Write(migration.Passes);
    }

    private static void Read(StateReader from, TextsIn texts, MigrationState migration)
    {
        migration.Known = from.ReadBool();
        migration.Status = texts.Read();
        migration.Since = from.ReadInstant();
        migration.Active = from.ReadBool();
        migration.Passes = from.ReadInt64();
    }

    // The spare job is memory to be used again and no state.
    private static void Write(StateWriter to, TextsOut texts, JobsState jobs)
    {
        WriteNamed(to, texts, jobs.ById, job =>
        {
            texts.Write(job.Status);
            texts.Write(job.Type);
            to.Write(job.Since);
        });
        to.Write(jobs.Completed);
        to.Write(jobs.Failed);
        to.Write(jobs.Cancelled);
        to.Write(jobs.Errors);
        texts.Write(jobs.LastError);
    }

    private static void Read(StateReader from, TextsIn texts, JobsState jobs)
    {
        ReadNamed(from, texts, jobs.ById, () => new JobState { Status = texts.Read(), Type = texts.Read(), Since = from.ReadInstant() });
        jobs.Completed = from.ReadInt64();
        jobs.Failed = from.ReadInt64();
        jobs.Cancelled = from.ReadInt64();
        jobs.Errors = from.ReadInt64();
        jobs.LastError = texts.Read();
    }

    private static void Write(StateWriter to, BalloonState balloon)
    {
        to.Write(balloon.Known);
        to.Write(balloon.Actual);
        to.Write(balloon.LastAt);
    }

    private static void Read(StateReader from, BalloonState balloon)
    {
        balloon.Known = from.ReadBool();
        balloon.Actual = from.ReadInt64();
        balloon.LastAt = from.ReadInstant();
    }

    private static void Write(StateWriter to, TextsOut texts, DumpState dump)
    {
        to.Write(dump.Known);
        texts.Write(dump.Status);
        texts.Write(dump.Error);
        to.Write(dump.Completed);
        to.Write(dump.Total);
        to.Write(dump.LastAt);
    }

    private static void Read(StateReader from, TextsIn texts, DumpState dump)
    {
        dump.Known = from.ReadBool();
        dump.Status = texts.Read();
        dump.Error = texts.Read();
        dump.Completed = from.ReadInt64();
        dump.Total = from.ReadInt64();
        dump.LastAt = from.ReadInstant();
    }

    private static void Write(StateWriter to, TextsOut texts, QuorumState quorum)
    {
        WriteNamed(to, texts, quorum.Children, child =>
        {
            to.Write(child.Bad);
            texts.Write(child.LastType);
            texts.Write(child.LastError);
            to.Write(child.LastAt);
        });
        to.Write(quorum.Failures);
        to.Write(quorum.LastFailureAt);
    }

    private static void Read(StateReader from, TextsIn texts, QuorumState quorum)
    {
        ReadNamed(from, texts, quorum.Children, () => new QuorumChildState
        {
            Bad = from.ReadInt64(),
            LastType = texts.Read(),
            LastError = texts.Read(),
            LastAt = from.ReadInstant(),
        });
        quorum.Failures = from.ReadInt64();
        quorum.LastFailureAt = from.ReadInstant();
    }

    private static void Write(StateWriter to, TextsOut texts, PortsState ports)
    {
        WriteNamed(to, texts, ports.Open, to.Write);
        to.Write(ports.AgentKnown);
        to.Write(ports.AgentConnected);
        to.Write(ports.AgentSince);
    }

    private static void Read(StateReader from, TextsIn texts, PortsState ports)
    {
        ReadNamed(from, texts, ports.Open, from.ReadBool);
        ports.AgentKnown = from.ReadBool();
        ports.AgentConnected = from.ReadBool();
        ports.AgentSince = from.ReadInstant();
    }

    private static void Write(StateWriter to, TextsOut texts, UnplugState unplug)
    {
        to.Write(unplug.Errors);
        texts.Write(unplug.LastDevice);
        texts.Write(unplug.LastMessage);
        to.Write(unplug.LastAt);
    }

    private static void Read(StateReader from, TextsIn texts, UnplugState unplug)
    {
        unplug.Errors = from.ReadInt64();
        unplug.LastDevice = texts.Read();
        unplug.LastMessage = texts.Read();
        unplug.LastAt = from.ReadInstant();
    }

    private static void Write(StateWriter to, TextsOut texts, DisksState disks)
    {
        WriteNamed(to, texts, disks.ByName, disk =>
        {
            to.Write(disk.Errors);
            to.Write(disk.NoSpace);
            to.Write(disk.Corrupted);
            texts.Write(disk.LastReason);
            to.Write(disk.LastAt);
        });
        to.Write(disks.IoErrors);
        to.Write(disks.Corruptions);
    }

    private static void Read(StateReader from, TextsIn texts, DisksState disks)
    {
        ReadNamed(from, texts, disks.ByName, () => new DiskState
        {
            Errors = from.ReadInt64(),
            NoSpace = from.ReadBool(),
            Corrupted = from.ReadBool(),
            LastReason = texts.Read(),
            LastAt = from.ReadInstant(),
        });
        disks.IoErrors = from.ReadInt64();
        disks.Corruptions = from.ReadInt64();
    }

    private static void WriteNamed<T>(StateWriter to, TextsOut texts, NamedStates<T> named, Action<T> write)
    {
        to.Write(named.Count);
        foreach (var (name, value) in named)
        {
            texts.Write(name);
            to.Write(named.ChangedAt(name));
            write(value);
        }
    }

    private static void ReadNamed<T>(StateReader from, TextsIn texts, NamedStates<T> named, Func<T> read)
    {
        var count = from.ReadCount();
        if (count > NamedStates<T>.Capacity) throw new StateFormatException($"{count} names where {NamedStates<T>.Capacity} is the most");
        for (var i = 0; i < count; i++)
        {
            var (name, changedAt) = (texts.Read(), from.ReadInstant());
            named.Set(name, read(), changedAt);
        }
    }
}
