using System.Diagnostics;
using System.Globalization;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>The program as its users start it: a process of its own, seen through its streams, signals and exit code.</summary>
internal sealed class QualmProcess : IAsyncDisposable
{
    /// <summary>Stands in the environment of the process and of all it starts, so that what it leaves behind can be found.</summary>
    public const string Mark = "QUALM_TEST_MARK";

    private readonly Process _process;
    private readonly Task _pumps;
    private long _peakMemory;
    private bool _disposed;

    private QualmProcess(Process process)
    {
        _process = process;
        _pumps = Task.WhenAll(Out.FillAsync(process.StandardOutput.BaseStream), Error.FillAsync(process.StandardError.BaseStream));
    }

    public Output Out { get; } = new();

    public Output Error { get; } = new();

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The end of what it said, for failures.</summary>
    public string Said
    {
        get
        {
            var said = $"{Out.Text}\n--- stderr\n{Error.Text}";
            return said.Length > 8000 ? "…" + said[^8000..] : said;
        }
    }

    /// <summary>The program that users start.</summary>
    public const string Engine = "Qualm.Engine.dll";

    /// <param name="folder">Its working directory; also where its temporary files go.</param>
    public static QualmProcess Start(string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments) =>
        StartOther(Engine, folder, environment, arguments);

    /// <param name="program">A file beside the tests that stands in for the program.</param>
    /// <inheritdoc cref="Start"/>
    public static QualmProcess StartOther(string program, string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("QUALM_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["TMPDIR"] = folder;
        start.Environment[Mark] = folder;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new QualmProcess(Process.Start(start)!);
    }

    /// <summary>Gives it its input, which then ends.</summary>
    public async Task WriteAsync(string input)
    {
        await _process.StandardInput.WriteAsync(input);
        _process.StandardInput.Close();
    }

    /// <summary>Waits until it has said this on either stream; fails at once when it ends without.</summary>
    public async Task SaysAsync(string text, TimeSpan? patience = null)
    {
        await WaitAsync(() => Has(text) || _process.HasExited, $"it says '{text}'", patience);
        if (Has(text)) return;
        await _pumps;
        Has(text).ShouldBeTrue($"it ended with code {_process.ExitCode} and never said '{text}':\n{Said}");
    }

    public bool Has(string text) =>
        Out.Text.Contains(text, StringComparison.OrdinalIgnoreCase) || Error.Text.Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>Asks it to end, as systemd does.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Sends a signal by its name, e.g. <c>TERM</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Ends it at once, as a crash or the kernel would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<Finished> EndAsync(TimeSpan? patience = null)
    {
        await WaitAsync(HasEnded, "it ends", patience);
        await _pumps;
        return new Finished(_process.ExitCode, Out.Bytes, Error.Text, _peakMemory);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await KillAsync();
        _process.Dispose();
    }

    private bool HasEnded()
    {
        if (_process.HasExited) return true;
        _peakMemory = Math.Max(_peakMemory, ReadPeakMemory());
        return false;
    }

    private async Task WaitAsync(Func<bool> condition, string what, TimeSpan? patience)
    {
        try
        {
            await Wait.UntilAsync(condition, what, patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n--- stdout\n{Said}", e);
        }
    }

    private long ReadPeakMemory()
    {
        try
        {
            var line = File.ReadLines($"/proc/{Id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
