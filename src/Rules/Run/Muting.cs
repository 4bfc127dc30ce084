using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>
/// Alerts that others mute: a filter of who is told, never of what is decided. Decisions wait here until an input or a
/// deadline has had all its consequences, for only then is it known what fires.
/// </summary>
internal sealed partial class Muting
{
    private readonly Dictionary<string, List<Pair>> _bySource = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Pair>> _byTarget = new(StringComparer.Ordinal);

    // In the order of the rules and of what they mute.
    private readonly List<Pair> _pairs = [];

    // By episode, while they fire.
    private readonly Dictionary<UInt128, string?[]> _mutes = [];
    private readonly Dictionary<UInt128, MutedAlert> _alerts = [];
    private readonly List<MutedAlert> _owed = [];

    // Those beyond the count are free.
    private readonly List<HeldDecision> _held = [];
    private int _count;
    private bool _released;

    /// <param name="before">What the set before this one muted; null when it muted nothing.</param>
    /// <param name="stands">Episodes that fire already.</param>
    public Muting(RuleSet set, Muting? before, IEnumerable<(BoundRule Rule, Episode Episode, VmState? Vm)> stands)
    {
        foreach (var (source, inhibit) in set.Rules.Where(r => !r.Shadow).SelectMany(r => r.Inhibits.Select(i => (r, i))))
        {
            var pair = new Pair(source.Name, inhibit.Equal);
            _pairs.Add(pair);
            if (!_bySource.TryAdd(source.Name, [pair])) _bySource[source.Name].Add(pair);
            if (!_byTarget.TryAdd(inhibit.Target, [pair])) _byTarget[inhibit.Target].Add(pair);
        }

        if (before is not null) (_alerts, _owed, _held, _count, _released) = (before._alerts, before._owed, before._held, before._count, true);
        foreach (var (rule, episode, vm) in stands)
        {
            if (_bySource.ContainsKey(rule.Name)) BeginMuting(rule.Name, episode.Texts.EpisodeNumber, episode.Key, episode.Texts.Labels, vm);
            if (_alerts.TryGetValue(episode.Texts.EpisodeNumber, out var muted)) muted.Values = ValuesOf(rule.Name, episode.Key, episode.Texts.Labels, vm);
        }
    }

    /// <summary>Takes a decision until <see cref="Release"/>.</summary>
    /// <param name="texts">Its own.</param>
    public void Hold(in DecisionView decision, EpisodeTexts texts, VmState? vm)
    {
        if (_count == _held.Count) _held.Add(new HeldDecision());
        _held[_count++].Take(decision, texts, vm);
    }

    /// <summary>Passes the decisions on, those that nobody is to be told of marked; then what is owed and muted no more.</summary>
    public void Release(IDecisionSink sink)
    {
        for (var i = 0; i < _count; i++) Follow(_held[i]);
        for (var i = 0; i < _count; i++)
        {
            var decision = _held[i].View();
            sink.Decide(decision with { WithheldBy = WithholdsBy(decision, _held[i]) });
        }

        _count = 0;
        if (!_released) return;
        _released = false;
        for (var i = 0; i < _owed.Count; i++)
        {
            if (MutedBy(_owed[i].Values) is not null) continue;
            sink.Deliver(_owed[i].Pay());
            _owed.RemoveAt(i--);
        }
    }

    private void Follow(HeldDecision held)
    {
        var decision = held.View();
        if (decision.Silent || !_bySource.TryGetValue(decision.Alert, out var pairs)) return;
        var episode = held.Episode;
        if (decision.Transition == TransitionKind.Firing)
        {
            if (!_mutes.ContainsKey(episode)) BeginMuting(decision.Alert, episode, decision.Key, decision.Texts.Labels, held.Vm);
        }
        else if (decision.Transition == TransitionKind.Resolved && _mutes.Remove(episode, out var values))
        {
            for (var i = 0; i < pairs.Count; i++) pairs[i].Remove(values[i]);
            _released = true;
        }
    }

    private void BeginMuting(string alert, UInt128 episode, ImmutableArray<KeyPart> key, IReadOnlyDictionary<string, string> labels, VmState? vm)
    {
        var values = _bySource[alert].Select(p => Pair.Join(p.Equal.Select(e => e.Own), key, labels, vm)).ToArray();
        _mutes[episode] = values;
        for (var i = 0; i < values.Length; i++) _bySource[alert][i].Add(values[i]);
    }

    // Null when it is told.
    private string? WithholdsBy(in DecisionView decision, HeldDecision held)
    {
        var mayBeMuted = _byTarget.ContainsKey(decision.Alert);
        if (!mayBeMuted && _alerts.Count == 0) return null;
        var known = _alerts.GetValueOrDefault(held.Episode);
        if (known is null && !mayBeMuted) return null;
        switch (decision.Transition)
        {
            case TransitionKind.Pending:
                return null;
            case TransitionKind.Resolved:
                if (known is null) return null;
                _alerts.Remove(held.Episode);
                _owed.Remove(known);
                return known.WasTold ? null : known.By;
        }

        if (known is null)
        {
            // One of which nothing is known fired before anything muted it.
            known = new MutedAlert { Values = ValuesOf(decision.Alert, decision.Key, decision.Texts.Labels, held.Vm), WasTold = decision.Transition != TransitionKind.Firing };
            _alerts.Add(held.Episode, known);
        }

        if (MutedBy(known.Values) is { } by)
        {
            known.By = by;
        }
        else if (known.WasTold || decision.Transition == TransitionKind.Firing)
        {
            Tell(known);
            return null;
        }

        if (known.Owe(decision)) _owed.Add(known);
        return known.By;
    }

    private void Tell(MutedAlert alert)
    {
        alert.WasTold = true;
        alert.Forgive();
        _owed.Remove(alert);
    }

    private static string? MutedBy((Pair Pair, string Value)[] values)
    {
        foreach (var (pair, value) in values)
        {
            if (pair.Mutes(value)) return pair.Source;
        }

        return null;
    }

    private (Pair Pair, string Value)[] ValuesOf(string alert, ImmutableArray<KeyPart> key, IReadOnlyDictionary<string, string> labels, VmState? vm) =>
        !_byTarget.TryGetValue(alert, out var pairs) ? []
        : [.. pairs.Select(p => (Pair: p, Value: Pair.Join(p.Equal.Select(e => e.Other), key, labels, vm))).Where(p => p.Value is not null).Select(p => (p.Pair, p.Value!))];

    /// <summary>One rule that mutes another, and the values for which it does so at present.</summary>
    internal sealed class Pair(string source, ImmutableArray<(SubjectValue Own, SubjectValue Other)> equal)
    {
        private readonly Dictionary<string, int> _firing = new(StringComparer.Ordinal);

        public string Source => source;

        public ImmutableArray<(SubjectValue Own, SubjectValue Other)> Equal => equal;

        public bool Mutes(string value) => _firing.ContainsKey(value);

        public void Add(string? value)
        {
            if (value is not null) _firing[value] = _firing.GetValueOrDefault(value) + 1;
        }

        public void Remove(string? value)
        {
            if (value is not null && --_firing[value] == 0) _firing.Remove(value);
        }

        public void Save(StateSaver to)
        {
            to.Write(source);
            to.Write(_firing.Count);
            foreach (var (value, count) in _firing.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                to.Write(value);
                to.Write(count);
            }
        }

        /// <param name="into">Null for a pair of a former set, with which nothing new is compared.</param>
        public static Pair Load(StateLoader from, Pair? into)
        {
            var source = from.SomeText();
            StateLoader.Check(into is null || into.Source == source, $"{source} is not what mutes here");
            var pair = into ?? new Pair(source, []);
            for (var left = from.Reader.ReadCount(); left > 0; left--) pair._firing[from.SomeText()] = from.Int();
            return pair;
        }

        /// <returns>Null when one of the values is missing: then there is nothing to be equal.</returns>
        public static string? Join(IEnumerable<SubjectValue> values, ImmutableArray<KeyPart> key, IReadOnlyDictionary<string, string> labels, VmState? vm)
        {
            var text = new System.Text.StringBuilder();
            foreach (var value in values)
            {
                if (value.Read(key, labels, vm) is not { } read) return null;
                text.Append(read.Length).Append(':').Append(read);
            }

            return text.ToString();
        }
    }
}
