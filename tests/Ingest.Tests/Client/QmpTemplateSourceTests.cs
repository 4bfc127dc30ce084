using Qualm.Ingest.Client;
using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Tests.Client;

public sealed class QmpTemplateSourceTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sockets_are_found_as_they_appear_and_given_up_when_they_vanish()
    {
        Directory.CreateDirectory(_folder["h1/r7"]);
        var template = PathTemplate.Parse(_folder["{host}/{rack}/{vm}.sock"]);
        var first = new ScriptedQmpServer(_folder["h1/r7/a.sock"]).Start();
        await using var second = new ScriptedQmpServer(_folder["h1/r7/b.sock"] + ".not-yet").Start();
        var context = Some.Context(_time, new() { FirstPause = TimeSpan.Zero });
        await using var members = new QmpTemplateSource(template, context).MembersAsync(default).GetAsyncEnumerator();

        (await members.MoveNextAsync().AsTask().InTime()).ShouldBeTrue();
        await using var got = new Collected(members.Current);
        await Eventually.True(() => got.Names.Count == 2);
        got.Events[0].Origin.ShouldSatisfyAllConditions(o => o.Vm.ShouldBe("a"), o => o.Host.ShouldBe("h1"));
        context.Board.Current.Single().Labels["rack"].ShouldBe("r7");

        var next = members.MoveNextAsync().AsTask();
        File.CreateSymbolicLink(_folder["h1/r7/b.sock"], second.Path);
        await Eventually.True(() => Moved(next));
        members.Current.Name.ShouldBe("unix:" + _folder["h1/r7/b.sock"]);

        await first.DisposeAsync();
        await got.Reading.InTime();
        got.Names.ShouldBe(["MONITOR_CONNECTED", "STATE_RESYNCED", "MONITOR_LOST"]);

        next = members.MoveNextAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await using var again = new ScriptedQmpServer(first.Path).Start();
        await Eventually.True(() => Moved(next));
        members.Current.Name.ShouldBe("unix:" + first.Path);
    }

    private bool Moved(Task next)
    {
        if (!next.IsCompleted) _time.Advance(TimeSpan.FromSeconds(1));
        return next.IsCompleted;
    }
}
