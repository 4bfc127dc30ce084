using Qualm.Model;
using Qualm.Rules.Run;

namespace Qualm.Rules;

// A session is its set and what is written here: nothing that decides is anywhere else, but for the fleet.
public sealed partial class RuleSession
{
    /// <summary>Changes whenever what <see cref="Save"/> writes, or what decisions mean, changes: an old snapshot is then discarded.</summary>
    public const int StateFormat = 4;

    /// <summary>Whether rules are being warmed for a set to come. What they know is not saved: no state is taken then.</summary>
    public bool HasWarmings => _warmings.Count > 0;

    /// <summary>
    /// Writes down everything that later decisions depend on, but for the states of VMs and hosts, to which it refers by
    /// their indices. Changes nothing. Between inputs only.
    /// </summary>
    /// <exception cref="InvalidOperationException">Rules are being warmed; see <see cref="HasWarmings"/>.</exception>
    public void Save(StateWriter writer)
    {
        if (HasWarmings) throw new InvalidOperationException("rules are being warmed: the session is saved before that, or after their activation");
        var to = new StateSaver(writer, Set);
        to.Write(StateFormat);
        to.Write(Set.Digest);
        foreach (var table in _tables) table.Save(to);
        foreach (var log in _logs) log.Save(to);
        foreach (var runner in _runners) runner.Save(to);
        _run.Save(to);
        to.Mark(_runners.Length);
    }

    /// <summary>A session that goes on as the saved one would have.</summary>
    /// <param name="set">The set that ran, compiled from the same text.</param>
    /// <param name="vms">By <see cref="VmState.Index"/>; they are as they were. May throw <see cref="ArgumentException"/> where there is none.</param>
    /// <param name="hosts">By <see cref="HostState.Index"/>; as VMs.</param>
    /// <exception cref="StateFormatException">The bytes are damaged, of another format, or of another set.</exception>
    public static RuleSession Restore(RuleSet set, StateReader reader, Func<int, VmState> vms, Func<int, HostState> hosts)
    {
        var from = new StateLoader(reader, set, vms, hosts);
        StateLoader.Check(from.Int() == StateFormat, "the state is of another format");
        StateLoader.Check(from.SomeText() == set.Digest, "the state is of another set of rules");
        var session = new RuleSession(set);
        foreach (var table in session._tables) table.Load(from);
        for (var i = 0; i < session._logs.Length; i++) session._logs[i].Load(from, session._tables[set.Network.Shared[i].Table]);
        foreach (var runner in session._runners) runner.Load(from);
        session._run.Load(from, set, session._runners);
        session._staged = session._run.Agenda is not null || session._run.Muting is not null;
        from.Mark(session._runners.Length);
        return session;
    }
}
