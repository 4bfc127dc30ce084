using System.Diagnostics;

namespace Qualm.Engine.Demo;

/// <summary>A real QEMU whose guest, a boot sector of ten bytes, writes to the pvpanic port as soon as it runs.</summary>
internal sealed class PanickingGuest : IDisposable
{
    private const string Program = "qemu-system-x86_64";

    private readonly Process _process;

    private PanickingGuest(Process process) => _process = process;

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
        return new PanickingGuest(Process.Start(start)!);
    }

    /// <summary>The second monitor of the guest, for whoever steers it; the first belongs to Qualm.</summary>
    public static string ControlSocket(string socket) => Path.ChangeExtension(socket, ".control");

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
