using System.Diagnostics;
using System.Globalization;

namespace Qualm.Bench.Idling;

/// <summary>What another process uses, as the kernel counts it.</summary>
internal sealed class ProcessUse(int id)
{
    /// <summary>Processor time of all its threads so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            using var process = Process.GetProcessById(id);
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory, in bytes.</summary>
    public long Resident => Read("VmRSS:");

    /// <summary>The part of it that stands for no file, in bytes.</summary>
    public long Anonymous => Read("RssAnon:");

    /// <summary>The most that was resident since the process began, or since <see cref="ForgetPeak"/>; in bytes.</summary>
    public long Peak => Read("VmHWM:");

    /// <summary>Lets <see cref="Peak"/> begin anew.</summary>
    public void ForgetPeak() => File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/clear_refs"), "5");

    private long Read(string name)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/status")).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
