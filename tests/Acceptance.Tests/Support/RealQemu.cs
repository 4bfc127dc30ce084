using System.Diagnostics;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>A real QEMU with two monitors: one for Qualm, one for the test.</summary>
internal sealed class RealQemu : IAsyncDisposable
{
    private const int FloppyBytes = 1_474_560;

    private readonly Process _process;

    private RealQemu(Process process, QmpClient monitor, string socket) => (_process, Monitor, Socket) = (process, monitor, socket);

    /// <summary>The test's monitor.</summary>
    public QmpClient Monitor { get; }

    /// <summary>Qualm's monitor.</summary>
    public string Socket { get; }

    /// <param name="name">Its <c>-name</c>.</param>
    public static async Task<RealQemu> StartAsync(Workspace workspace, string name, params IEnumerable<string> arguments)
    {
        var (socket, control) = (workspace[$"{name}.sock"], workspace[$"{name}.control"]);
        string[] common =
        [
            "-name", name, "-accel", "tcg", "-display", "none",
            "-qmp", $"unix:{socket},server=on,wait=off", "-qmp", $"unix:{control},server=on,wait=off",
        ];
        var process = Process.Start(new ProcessStartInfo(Prerequisites.Qemu, [.. common, .. arguments]))!;
        return new RealQemu(process, await QmpClient.ConnectAsync(control), socket);
    }

    /// <summary>A guest whose whole operating system says over pvpanic that it panics. Waits for <c>cont</c>.</summary>
    public static Task<RealQemu> StartPanickingGuestAsync(Workspace workspace, string name) =>
        StartAsync(
            workspace,
            name,
            "-vga", "none", "-nic", "none", "-m", "16", "-S", "-device", "pvpanic", "-action", "panic=pause",
            "-drive", $"if=floppy,format=raw,readonly=on,file={BootSector(workspace)}", "-boot", "a");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        await Monitor.DisposeAsync();
        _process.Dispose();
    }

    // mov dx, 0x505; mov al, 1; out dx, al; cli; hlt; jmp back to the hlt
    private static string BootSector(Workspace workspace)
    {
        var sector = new byte[FloppyBytes];
        ReadOnlySpan<byte> code = [0xBA, 0x05, 0x05, 0xB0, 0x01, 0xEE, 0xFA, 0xF4, 0xEB, 0xFD];
        code.CopyTo(sector);
        (sector[510], sector[511]) = (0x55, 0xAA);
        var path = workspace["panic.img"];
        File.WriteAllBytes(path, sector);
        return path;
    }
}
