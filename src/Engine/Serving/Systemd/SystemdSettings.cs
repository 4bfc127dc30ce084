using System.Globalization;

namespace Qualm.Engine.Serving.Systemd;

/// <summary>What systemd asks of the service, from its environment.</summary>
/// <param name="Socket">Address to notify; null when nobody wants to know.</param>
/// <param name="Watchdog">How long it may be silent before it is killed; null for ever.</param>
internal sealed record SystemdSettings(string? Socket, TimeSpan? Watchdog)
{
    public static SystemdSettings None { get; } = new(null, null);

    /// <param name="setting">Gives a variable; null when it is not set.</param>
    /// <param name="processId">Of this process: a watchdog may be meant for another.</param>
    public static SystemdSettings Of(Func<string, string?> setting, int processId)
    {
        var forUs = setting("WATCHDOG_PID") is not { } pid || pid == processId.ToString(CultureInfo.InvariantCulture);
        TimeSpan? watchdog = forUs && long.TryParse(setting("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var micros) && micros > 0
            ? TimeSpan.FromMicroseconds(micros)
            : null;
        return new SystemdSettings(setting("NOTIFY_SOCKET"), watchdog);
    }

    /// <summary>
    /// Takes them out of the environment of this process, so that what it starts does not answer in its place: PostgreSQL
    /// tells systemd as well when it is ready.
    /// </summary>
    public static SystemdSettings TakeFromEnvironment()
    {
        var settings = Of(Environment.GetEnvironmentVariable, Environment.ProcessId);
        foreach (var name in (string[])["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) Environment.SetEnvironmentVariable(name, null);
        return settings;
    }
}
