using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>What rules of a session hand on to rules above them. There is none where no rule needs another.</summary>
internal sealed class Agenda
{
    private readonly RuleSet _set;
    private readonly RunContext _run;
    private readonly CauseTable _causes;
    private readonly ImmutableArray<int>[] _supports;
    private readonly bool[] _isSource;
    private readonly Watch[][] _watches;

    public Agenda(RuleSet set, RunContext run)
    {
        (_set, _run) = (set, run);
        var above = set.Rules.Where(r => r.Stratum > 0).ToArray();
        _causes = new CauseTable(Micros(above.Max(r => r.LookBack)) + RunContext.Slack);
        Conclusions = new Conclusions(set, Micros(above.Max(r => r.Lateness)) + RunContext.Slack);
        _supports = [.. set.Rules.Select(r => Enumerable.Range(0, set.Supports.Length).Where(i => set.Supports[i].Rule == r.Name).ToImmutableArray())];
        var sources = above.SelectMany(r => r.Sources).ToHashSet(StringComparer.Ordinal);
        _isSource = [.. set.Rules.Select(r => sources.Contains(r.Name))];
        var watches = set.Rules.SelectMany((rule, index) => WatchesOf(rule, index, set)).ToLookup(w => w.Use.Support);
        _watches = [.. set.Supports.Select((_, i) => watches[i].ToArray())];
    }

    public Conclusions Conclusions { get; }

    /// <summary>In the order in which they came about, until all strata have taken them.</summary>
    public List<Consequence> Waiting { get; } = [];

    /// <summary>Rules to be judged again when a conclusion changes, in the order of the agenda.</summary>
    public ReadOnlySpan<Watch> Watches(int support) => _watches[support];

    public IEnumerable<Watch> AllWatches => _watches.SelectMany(w => w);

    /// <summary>The causes that a rule tells, those behind its sources' conclusions included.</summary>
    public ReadOnlySpan<long> Causes(BoundRule rule, ReadOnlySpan<long> because) => rule.Stratum == 0 ? because : _causes.Expand(because);

    /// <summary>Knows the causes that another session's, or set's, agenda knows.</summary>
    public void TakeCauses(Agenda? other)
    {
        if (other is not null) _causes.TakeOver(other._causes);
    }

    /// <summary>Writes down what is known between inputs, when nothing waits.</summary>
    public void Save(StateSaver to)
    {
        _causes.Save(to);
        Conclusions.Save(to);
    }

    public void Load(StateLoader from)
    {
        _causes.Load(from);
        Conclusions.Load(from);
    }

    /// <summary>A rule has derived an event.</summary>
    public void Derived(RuleRunner source, Episode episode, Instant at)
    {
        if (!_isSource[source.Index] || _set.EventOf(source.Rule) is not { } schema) return;
        Waiting.Add(new Consequence
        {
            Schema = schema,
            Data = episode.Data,
            Plan = _set.Network.For(schema),
            Shadow = source.Rule.Shadow,
            Key = episode.Key,
            Vm = source.SubjectVm(episode.Slot),
            Host = source.SubjectHost(episode.Slot),
            At = at,
            Stamp = _run.Now,
            Position = CompletedBy(source, episode),
        });
    }

    /// <summary>A key of a rule begins or ceases to support its conclusion.</summary>
    public void Changed(RuleRunner source, Episode episode, Instant at, int by)
    {
        if (_supports[source.Index] is not [_, ..] supports) return;
        var position = CompletedBy(source, episode);
        foreach (var support in supports)
        {
            Conclusions.Add(support, episode, new Standing.Change(at.Micros, by, _run.Now.Micros, position.Value));
            Tell(support, source, episode, at, position);
        }
    }

    /// <summary>A key of a rule that has supported its conclusion before this agenda came to be.</summary>
    /// <param name="tells">Whether those who ask must look again.</param>
    public void Stands(RuleRunner source, Episode episode, bool tells)
    {
        foreach (var support in _supports[source.Index])
        {
            Conclusions.AddSettled(support, episode);
            if (tells) Tell(support, source, episode, _run.Now, CompletedBy(source, episode));
        }
    }

    private void Tell(int support, RuleRunner source, Episode episode, Instant at, Position position)
    {
        if (_watches[support].Length == 0) return;
        Waiting.Add(new Consequence
        {
            Support = support,
            Key = episode.Key,
            Vm = source.SubjectVm(episode.Slot),
            Host = source.SubjectHost(episode.Slot),
            At = at,
            Stamp = _run.Now,
            Position = position,
        });
    }

    private Position CompletedBy(RuleRunner source, Episode episode)
    {
        var because = Causes(source.Rule, episode.Because);
        var position = episode.Because is [.., var last] ? last : 0;
        _causes.Add(position, because, _run.Now.Micros);
        return new Position(position);
    }

    private static IEnumerable<Watch> WatchesOf(BoundRule rule, int index, RuleSet set)
    {
        if (rule.Operator is BoundOperator.When when)
        {
            foreach (var use in when.Test.Conclusions.Where(u => u.Support >= 0)) yield return new Watch(index, WhenRunner.AroundRole, use, set.Supports[use.Support], rule.Key);
        }

        for (var i = 0; i < rule.Resolve.Alternatives.Length; i++)
        {
            foreach (var use in rule.Resolve.Alternatives[i].When?.Conclusions.Where(u => u.Support >= 0) ?? [])
                yield return new Watch(index, RuleRunner.ResolveRole + i, use, set.Supports[use.Support], rule.Key);
        }
    }

    private static long Micros(TimeSpan length) => length.Ticks / TimeSpan.TicksPerMicrosecond;
}
