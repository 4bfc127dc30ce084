using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Qualm.Engine.Demo;

/// <summary>A real QEMU whose guest, a boot sector of ten bytes, writes to the pvpanic port as soon as it runs.</summary>
internal sealed class PanickingGuest : IDisposable
{
    private const string Program = "qemu-system-x86_64";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;

    private readonly string _socket;

    private PanickingGuest(Process process, string socket) => (_process, _socket) = (process, socket);

    public static bool Available =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, Program)));

    /// <param name="folder">Where its disk image goes.</param>
    /// <param name="socket">Where its monitor listens.</param>
    public static PanickingGuest Start(string folder, string name, string socket)
    {
        var image = Path.Combine(folder, "panic.img");
        File.WriteAllBytes(image, BootSector());
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "-name", name, "-accel", "tcg", "-display", "none", "-vga", "none", "-nic", "none", "-m", "16", "-S",
            "-drive", $"if=floppy,format=raw,readonly=on,file={image}", "-boot", "a",
            "-device", "pvpanic", "-action", "panic=pause", "-qmp", $"unix:{socket},server=on,wait=off",
            "-qmp", $"unix:{ControlSocket(socket)},server=on,wait=off",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new PanickingGuest(Process.Start(start)!, socket);
    }

    /// <summary>The second monitor of the guest, for whoever steers it; the first belongs to Qualm.</summary>
    public static string ControlSocket(string socket) => Path.ChangeExtension(socket, ".control");

    /// <summary>Lets the guest run once its monitor is being watched, so that nobody misses its panic.</summary>
    public async Task RunWhenWatchedAsync(DemoBoard board, string name, TimeProvider time, CancellationToken cancellationToken)
    {
        while (board.Look().Vms.All(vm => vm.Key != name)) await Task.Delay(Look, time, cancellationToken);
        using var control = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await control.ConnectAsync(new UnixDomainSocketEndPoint(ControlSocket(_socket)), cancellationToken);
        await using var stream = new NetworkStream(control);
        using var answers = new StreamReader(stream, Encoding.UTF8);
        await answers.ReadLineAsync(cancellationToken);
        foreach (var command in (string[])["qmp_capabilities", "cont"])
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{{\"execute\": \"{command}\"}}\n"), cancellationToken);
            while (await answers.ReadLineAsync(cancellationToken) is { } line && !line.StartsWith("{\"return\"", StringComparison.Ordinal)) { }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    // mov dx, 0x505; mov al, 1; out dx, al; cli; hlt; jmp back to the hlt
    private static byte[] BootSector()
    {
        var sector = new byte[1_474_560];
        ReadOnlySpan<byte> code = [0xBA, 0x05, 0x05, 0xB0, 0x01, 0xEE, 0xFA, 0xF4, 0xEB, 0xFD];
        code.CopyTo(sector);
        (sector[510], sector[511]) = (0x55, 0xAA);
        return sector;
    }
}
