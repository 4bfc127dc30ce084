using Qualm.Ingest.Client;

namespace Qualm.Ingest.Tests.Client;

public sealed class DialPaceTests
{
    private static readonly TimeSpan Share = TimeSpan.FromMilliseconds(250);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task So_many_have_a_place_and_the_others_get_theirs_in_order()
    {
        var pace = new DialPace(2, Share, _time);
        var first = await pace.TakeAsync(default);
        await pace.TakeAsync(default);
        var third = pace.TakeAsync(default).AsTask();
        var fourth = pace.TakeAsync(default).AsTask();
        third.IsCompleted.ShouldBeFalse();

        first.Dispose();
        first.Dispose();
        await third.InTime();
        fourth.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task One_that_takes_its_time_holds_up_nobody()
    {
        var pace = new DialPace(1, Share, _time);
        var dead = await pace.TakeAsync(default);
        var next = pace.TakeAsync(default).AsTask();
        _time.Advance(Share);
        (await next.InTime()).Dispose();
        dead.Dispose();

        await pace.TakeAsync(default);
        pace.TakeAsync(default).AsTask().IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_place()
    {
        var pace = new DialPace(1, Share, _time);
        var first = await pace.TakeAsync(default);
        using var enough = new CancellationTokenSource();
        var second = pace.TakeAsync(enough.Token).AsTask();
        await enough.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        first.Dispose();
        await pace.TakeAsync(default).AsTask().InTime();
    }
}
