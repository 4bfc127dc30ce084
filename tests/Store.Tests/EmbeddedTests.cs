using System.Diagnostics;
using Npgsql;
using Qualm.Store.Embedded;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class EmbeddedTests : IDisposable
{
    private readonly string _folder = Servers.NewFolder();

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [StoreFact]
    public async Task The_last_of_several_uses_stops_the_server()
    {
        var first = await StartAsync(_folder);
        var pid = first.ProcessId.ShouldNotBeNull();
        var second = await StartAsync(_folder);
        second.ProcessId.ShouldBe(pid);
        await first.DisposeAsync();
        (await AnswerAsync(second.ConnectionString)).ShouldBe("on");
        await second.DisposeAsync();
        second.ProcessId.ShouldBeNull();
        await Should.ThrowAsync<NpgsqlException>(AnswerAsync(second.ConnectionString));
    }

    [StoreFact]
    public async Task A_server_killed_with_its_engine_recovers_what_was_committed()
    {
        var place = new StoreLocation.Private(_folder);
        var host = await StoreHost.OpenAsync(place, TimeProvider.System, CancellationToken.None);
        host.Describe().ShouldBe($"psql \"host={_folder}/run dbname=qualm user=qualm\"");
        var writer = await TurnWriter.AcquireAsync(host, new TurnWriterOptions { RecoveryPatience = TimeSpan.Zero }, CancellationToken.None);
        var positions = await writer.ReserveAsync(1, CancellationToken.None);
        await writer.CommitAsync(TurnOf(positions[0], 1), CancellationToken.None);
        var lost = await writer.ReserveAsync(1, CancellationToken.None);

        await KillAllAsync(host);
        var unknown = await Should.ThrowAsync<StoreUnavailableException>(writer.CommitAsync(TurnOf(lost[0], 2), CancellationToken.None));
        unknown.Outcome.ShouldBe(TurnOutcome.Unknown);
        await Should.ThrowAsync<StoreUnavailableException>(writer.ResumeAsync(CancellationToken.None));

        await using var again = await StoreHost.OpenAsync(place, TimeProvider.System, CancellationToken.None);
        (await writer.ResumeAsync(CancellationToken.None)).ShouldBe(TurnOutcome.NotCommitted);
        var fresh = await writer.ReserveAsync(1, CancellationToken.None);
        await writer.CommitAsync(TurnOf(fresh[0], 2), CancellationToken.None);
        await using (var count = again.Source.CreateCommand("select count(*) from qualm.mt_events where type <> 'tombstone'")) (await count.ExecuteScalarAsync()).ShouldBe(2L);
        await writer.DisposeAsync();
        await host.DisposeAsync();
    }

    [StoreFact]
    public async Task A_folder_with_a_long_name_gets_its_socket_elsewhere()
    {
        var deep = Path.Combine(_folder, new string('d', 110));
        var server = await StartAsync(deep);
        (await AnswerAsync(server.ConnectionString)).ShouldBe("on");
        var socket = (await File.ReadAllTextAsync(Path.Combine(deep, "socket-folder"))).Trim();
        File.GetUnixFileMode(socket).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await server.DisposeAsync();
        Directory.Delete(socket, recursive: true);
    }

    [StoreFact]
    public async Task A_parent_that_the_server_may_not_enter_is_named()
    {
        if (!Environment.IsPrivilegedProcess) return;
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var fault = await Should.ThrowAsync<StoreUnavailableException>(StartAsync(Path.Combine(_folder, "data")));
        fault.Message.ShouldContain(_folder + ",");
        fault.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public void Without_PostgreSQL_nothing_is_found() => PostgresBinaries.TryFind("/nowhere", "/also/nowhere").ShouldBeNull();

    private static Task<EmbeddedPostgres> StartAsync(string folder) => EmbeddedPostgres.StartAsync(folder, TimeProvider.System, CancellationToken.None);

    private static async Task<string?> AnswerAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("show fsync", connection);
        return await command.ExecuteScalarAsync() as string;
    }

    private static Turn TurnOf(Model.Position position, long n)
    {
        var at = new Model.Instant(n);
        var turn = new Turn { Clock = at };
        turn.Add(position, new AppendRow("vm/a", new Guid((int)n, 0, 0, new byte[8]), "stop", default, at, new EventHeaders(RowKind.Live, at)));
        return turn;
    }

    /// <summary>The server and all its children, as a power cut would.</summary>
    private async Task KillAllAsync(StoreHost host)
    {
        var pids = new List<int> { ReadPid() };
        await using (var command = host.Source.CreateCommand("select pid from pg_stat_activity where pid <> pg_backend_pid()"))
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync()) pids.Add(rows.GetInt32(0));
        }

        foreach (var pid in pids)
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
    }

    private int ReadPid() => int.Parse(File.ReadLines(Path.Combine(_folder, "pg", "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);
}
