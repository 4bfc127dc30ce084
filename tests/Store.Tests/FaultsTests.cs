using Npgsql;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests;

public sealed class FaultsTests
{
    [Theory]
    [InlineData("53100", "disk full")]
    [InlineData("53200", "out of memory")]
    [InlineData("53300", "too many connections")]
    [InlineData("57P01", "stopped by an administrator")]
    [InlineData("57P02", "another session crashed")]
    [InlineData("57P03", "starting up")]
    [InlineData("57014", "cancelled")]
    [InlineData("25006", "read-only")]
    [InlineData("58030", "I/O error")]
    [InlineData("08006", "connection failure")]
    [InlineData("40P01", "deadlock")]
    [InlineData("XX001", "damaged data")]
    [InlineData("28P01", "password refused")]
    [InlineData("3D000", "no such database")]
    public void What_may_pass_is_away_and_not_fatal(string state, string what)
    {
        var fault = Translate(state);
        fault.ShouldBeOfType<StoreUnavailableException>(what).IsTransient.ShouldBeTrue(what);
        ((StoreUnavailableException)fault).IsRefusal.ShouldBe(state is "28P01" or "3D000", what);
    }

    [Theory]
    [InlineData("42P01", "somebody dropped the tables")]
    [InlineData("42883", "somebody dropped the functions")]
    public void What_no_time_cures_is_fatal(string state, string what) =>
        Translate(state).ShouldBeOfType<StoreUnavailableException>(what).IsTransient.ShouldBeFalse(what);

    [Fact]
    public void A_connection_that_broke_between_two_statements_is_away()
    {
        // That is what Npgsql says when it notices by itself before the next is sent.
        var gone = new ObjectDisposedException("ManualResetEventSlim");
        StoreQueries.IsFault(gone).ShouldBeTrue();
        Faults.Translate(gone, "connecting again").ShouldBeOfType<StoreUnavailableException>().IsTransient.ShouldBeTrue();
    }

    [Fact]
    public void Data_and_fencing_are_told_apart_from_absence()
    {
        Translate("22P05").ShouldBeOfType<TurnRefusedException>();
        Translate("54000").ShouldBeOfType<TurnRefusedException>();
        Translate("QF001").ShouldBeOfType<FencedException>();
        Faults.Translate(new TimeoutException(), "x").ShouldBeOfType<StoreUnavailableException>().IsTransient.ShouldBeTrue();
        Faults.Translate(new NpgsqlException("refused", new System.Net.Sockets.SocketException(111)), "x").ShouldBeOfType<StoreUnavailableException>().IsTransient.ShouldBeTrue();
        Faults.Translate(new InvalidOperationException(), "x", TurnOutcome.Unknown).ShouldBeOfType<StoreUnavailableException>().IsTransient.ShouldBeFalse();
    }

    private static StoreException Translate(string state) => Faults.Translate(new PostgresException("said", "ERROR", "ERROR", state), "testing");
}
