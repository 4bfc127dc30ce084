using System.Globalization;

namespace Qualm.Engine.Leading;

/// <summary>Which process leads, so that another on the same machine can see that it is gone.</summary>
/// <param name="Machine">Name of the machine.</param>
/// <param name="Boot">Changes with every start of the machine.</param>
/// <param name="Namespace">The process ids' namespace: those of another container mean nothing here.</param>
/// <param name="Pid">Process id.</param>
/// <param name="Started">When the process started, in ticks since the boot: ids are used again.</param>
internal sealed record ProcessMark(string Machine, string Boot, string Namespace, int Pid, string Started)
{
    private const char Separator = '|';

    /// <summary>This process.</summary>
    public static ProcessMark Own { get; } = new(Environment.MachineName, BootOf(), NamespaceOf(), Environment.ProcessId, StartOf(Environment.ProcessId) ?? "");

    /// <summary>Reads the text of <see cref="ToText"/>; null when it is none.</summary>
    public static ProcessMark? Parse(string text) =>
        text.Split(Separator) is [var machine, var boot, var space, var pid, var started] && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new ProcessMark(machine, boot, space, number, started)
            : null;

    public string ToText() => string.Join(Separator, Machine, Boot, Namespace, Pid.ToString(CultureInfo.InvariantCulture), Started);

    /// <summary>For people.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"process {Pid} on {Machine}");

    /// <summary>Whether it is known to be over. False when it lives, and when nobody here can tell.</summary>
    public bool IsGone()
    {
        var own = Own;
        if (Machine != own.Machine || Boot.Length == 0) return false;
        if (Boot != own.Boot) return true;
        return Namespace == own.Namespace && Namespace.Length > 0 && StartOf(Pid) != Started;
    }

    /// <summary>Whether it is the process of that id, as it is now on this machine.</summary>
    public bool Is(int pid)
    {
        var own = Own;
        return (Machine, Boot, Namespace, Pid) == (own.Machine, own.Boot, own.Namespace, pid) && Boot.Length > 0 && Namespace.Length > 0 && StartOf(pid) == Started;
    }

    private static string BootOf() => Read("/proc/sys/kernel/random/boot_id")?.Trim() ?? "";

    private static string NamespaceOf()
    {
        try
        {
            return new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    // Null when there is no such process; one that is dead and not yet waited for does not count.
    private static string? StartOf(int pid)
    {
        if (Read($"/proc/{pid}/stat") is not { } stat) return null;
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields is ["Z" or "X", ..] || fields.Length < 20 ? null : fields[19];
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
