using Qualm.Engine.Serving;
using Qualm.Engine.Serving.Systemd;

namespace Qualm.Engine.Tests.Serving;

public sealed class SystemdNotifierTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("qn").FullName;
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceHealth _health;
    private readonly NotifyListener _systemd;
    private readonly SystemdNotifier _notifier;

    public SystemdNotifierTests()
    {
        _health = new ServiceHealth(_time);
        _systemd = new NotifyListener(Path.Combine(_folder, "notify"));
        _notifier = new SystemdNotifier(new SystemdSettings(_systemd.Address, Watchdog), _health, _time);
    }

    public Task InitializeAsync() => _notifier.StartAsync(CancellationToken.None);

    public Task DisposeAsync() => _notifier.StopAsync(CancellationToken.None);

    public void Dispose()
    {
        _notifier.Dispose();
        _systemd.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_start_asks_for_more_time_and_tells_how_far_it_is()
    {
        (await _systemd.NextAsync()).ShouldBe("STATUS=starting");
        (await _systemd.NextAsync()).ShouldBe("EXTEND_TIMEOUT_USEC=60000000");
        (await _systemd.NextAsync()).ShouldBe("WATCHDOG=1");
        _health.Deriving(1, 9);
        (await _systemd.NextAsync()).ShouldBe("STATUS=deriving 1 of 9");
        await PassAsync(TimeSpan.FromSeconds(5));
        (await _systemd.NextAsync()).ShouldBe("EXTEND_TIMEOUT_USEC=60000000");
    }

    [Fact]
    public async Task A_service_that_serves_is_ready_once()
    {
        _health.Ready("58 rules\nand more");
        (await _systemd.UntilAsync("READY=1")).ShouldBe("READY=1\nSTATUS=58 rules and more");
        _health.StoreAway("gone");
        (await _systemd.UntilAsync("STATUS")).ShouldBe("STATUS=store away since 2026-01-01T00:00:00Z: gone");
        _health.StoreBack();
        (await _systemd.UntilAsync("STATUS")).ShouldBe("STATUS=58 rules and more");
        _health.Draining();
        (await _systemd.UntilAsync("STOPPING")).ShouldBe("STOPPING=1\nSTATUS=draining");
    }

    [Fact]
    public async Task A_reload_is_told_with_its_time_and_its_end()
    {
        _health.Ready("");
        await _systemd.UntilAsync("READY=1");
        _time.Advance(TimeSpan.FromMilliseconds(1500));
        var reload = _health.Reloading();
        (await _systemd.UntilAsync("RELOADING")).ShouldBe("RELOADING=1\nMONOTONIC_USEC=1500000");
        reload.Dispose();
        (await _systemd.NextAsync()).ShouldBe("READY=1");
    }

    [Fact]
    public async Task The_watchdog_is_fed_while_the_loop_beats_and_no_longer_once_it_is_stuck()
    {
        _health.Ready("");
        await _systemd.UntilAsync("WATCHDOG=1");
        for (var i = 0; i < 10; i++)
        {
            _health.Beat();
            await PassAsync(TimeSpan.FromSeconds(5));
            await _systemd.UntilAsync("WATCHDOG=1");
        }

        // Silent for half of the watchdog's time it is given the benefit of the doubt, then not once more.
        await PassAsync(TimeSpan.FromSeconds(5));
        await _systemd.UntilAsync("WATCHDOG=1");
        for (var i = 0; i < 10; i++) await PassAsync(TimeSpan.FromSeconds(5));
        (await _systemd.NextAsync()).ShouldStartWith("STATUS=the turn loop has not moved for");
        await ShouldBeStarvedAsync();

        _health.Beat();
        await PassAsync(TimeSpan.FromSeconds(5));
        await _systemd.UntilAsync("WATCHDOG=1");
    }

    [Fact]
    public async Task The_watchdog_is_fed_while_the_loop_waits_for_the_store()
    {
        _health.Ready("");
        _health.Waits();
        await _systemd.UntilAsync("WATCHDOG=1");
        for (var i = 0; i < 12; i++)
        {
            await PassAsync(TimeSpan.FromSeconds(5));
            await _systemd.UntilAsync("WATCHDOG=1");
        }
    }

    [Fact]
    public async Task An_abstract_address_is_understood()
    {
        using var systemd = new NotifyListener($"@qualm-test-{Environment.ProcessId}");
        using var socket = NotifySocket.Open(systemd.Address);
        socket!.Send("READY=1").ShouldBeTrue();
        (await systemd.NextAsync()).ShouldBe("READY=1");
    }

    [Fact]
    public void Where_nobody_listens_telling_does_no_harm()
    {
        NotifySocket.Open(null).ShouldBeNull();
        NotifySocket.Open("vsock:2:1234").ShouldBeNull();
        using var socket = NotifySocket.Open(Path.Combine(_folder, "nobody"));
        socket!.Send("READY=1").ShouldBeFalse();
    }

    [Theory]
    [InlineData("20000000", null, 20.0)]
    [InlineData("20000000", "41", null)]
    [InlineData("20000000", "42", 20.0)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void The_watchdog_is_ours_unless_it_is_meant_for_another(string? micros, string? pid, double? seconds) =>
        SystemdSettings.Of(name => name switch { "WATCHDOG_USEC" => micros, "WATCHDOG_PID" => pid, _ => null }, 42).Watchdog.ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);

    // Once it sleeps, so that it wakes by this.
    private async Task PassAsync(TimeSpan by)
    {
        await Until.TrueAsync(() => _time.Timers > 0);
        _time.Advance(by);
    }

    private async Task ShouldBeStarvedAsync()
    {
        await Until.TrueAsync(() => _time.Timers > 0);
        while (_systemd.HasMore) (await _systemd.NextAsync()).ShouldNotContain("WATCHDOG");
    }
}
