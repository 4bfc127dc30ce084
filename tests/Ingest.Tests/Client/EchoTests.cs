using System.Text;
using Qualm.Ingest.Client;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Client;

/// <summary>Of two monitors of one QEMU nothing is brought twice, and nothing is forgotten that only one has brought.</summary>
public sealed class EchoTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(10);

    [Fact]
    public void What_was_said_before_the_two_were_compared_is_known_by_what_is_said_behind_it()
    {
        var echo = new Echo();
        echo.Keep(Event(1), Now, proof: false);
        echo.Keep(Event(2), Now, proof: false);
        echo.Keep(Event(3), Now, proof: false);
        echo.Keep(Event(4), Now, proof: false);
        echo.Said(Event(3), Now).ShouldBeTrue();
        Heard(echo).ShouldBe([4], "it may still be said, and was not");
    }

    [Fact]
    public void So_it_is_when_the_one_that_speaks_is_ahead()
    {
        var echo = new Echo();
        echo.Said(Event(3), Now).ShouldBeFalse();
        echo.Keep(Event(2), Now, proof: false);
        echo.WasSaid(Event(3), Now).ShouldBeTrue();
        echo.TakeHeard().ShouldBeEmpty();
    }

    [Fact]
    public void What_should_have_been_said_and_was_not_is_kept()
    {
        var echo = new Echo();
        echo.Keep(Event(1), Now, proof: true);
        echo.Keep(Event(2), Now, proof: false);
        echo.Keep(Event(3), Now, proof: true);
        echo.Said(Event(3), Now).ShouldBeTrue();
        Heard(echo).ShouldBe([1]);
    }

    private static IEnumerable<long> Heard(Echo echo) => echo.TakeHeard().Select(e => e.EventTime!.Value.Micros);

    private static QmpEvent Event(int at) => new("STOP", null, new Instant(at), Encoding.UTF8.GetBytes($$"""{"n":{{at}}}"""), default, false);
}
