namespace Qualm.Acceptance.Tests.Support;

/// <summary>What the other tests lean on holds by itself.</summary>
public sealed class SupportTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    [QemuFact]
    public async Task A_fake_QEMU_speaks_as_a_real_one_does()
    {
        using var workspace = new Workspace();
        await using var real = await RealQemu.StartAsync(workspace, "twin", "-machine", "none", "-nodefaults");
        foreach (var style in (FakeStyle[])[FakeStyle.Plain, new(Pretty: true), new(Chunk: 3)])
        {
            var socket = workspace[$"fake-{style.Pretty}-{style.Chunk}.sock"];
            await using var fake = FakeQemu.OnSocket(socket, "twin", style);
            await using var client = await QmpClient.ConnectAsync(socket);
            foreach (var command in (string[])["query-name", "query-uuid", "query-status"])
            {
                (await client.ExecuteAsync(command))!.ToJsonString().ShouldBe((await real.Monitor.ExecuteAsync(command))!.ToJsonString());
            }

            await fake.ServedAsync();
            await fake.SendAsync("STOP");
            await client.EventAsync("STOP");
        }

        await real.Monitor.ExecuteAsync("stop");
        await real.Monitor.EventAsync("STOP");
    }

    [QemuFact]
    public async Task The_guest_that_panics_does_so_and_its_processes_are_found()
    {
        using var workspace = new Workspace();
        await using (var real = await RealQemu.StartPanickingGuestAsync(workspace, "web-1"))
        {
            await real.Monitor.ExecuteAsync("cont");
            await real.Monitor.EventAsync("GUEST_PANICKED");
            workspace.Processes().ShouldHaveSingleItem().ShouldContain(Prerequisites.Qemu);
            await real.Monitor.ExecuteAsync("system_reset");
            await real.Monitor.EventAsync("RESET");
        }

        workspace.Processes().ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task Databases_of_a_cluster_are_apart()
    {
        await using var one = new Database(await postgres.CreateAsync());
        await using var two = new Database(await postgres.CreateAsync());
        await one.ExecuteAsync("create table t (x int)");
        (await one.ScalarAsync<bool>("select to_regclass('t') is not null")).ShouldBeTrue();
        (await two.ScalarAsync<bool>("select to_regclass('t') is null")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("psql \"host=/tmp/x/run dbname=qualm user=qualm\"", "/tmp/x/run", 5432)]
    [InlineData("  psql \"host='/tmp/with space' port=5433 dbname=qualm user=qualm\"\n", "/tmp/with space", 5433)]
    public void What_store_prints_is_understood(string printed, string host, int port)
    {
        var settings = Database.Read(printed);
        (settings.Host, settings.Port, settings.Database, settings.Username).ShouldBe((host, port, "qualm", "qualm"));
    }
}
