namespace Qualm.Rules.Run;

// Alerts may still be compared with pairs of the set before: those are written behind the pairs of this one.
internal sealed partial class Muting
{
    public void Save(StateSaver to)
    {
        if (_count > 0) throw new InvalidOperationException("decisions are held: state is saved between inputs");
        var alerts = _alerts.OrderBy(a => a.Key).ToArray();
        var pairs = _pairs.Concat(alerts.SelectMany(a => a.Value.Values).Select(v => v.Pair).Where(p => !_pairs.Contains(p)).Distinct()).ToArray();
        var numbers = pairs.Select((pair, number) => (pair, number)).ToDictionary(p => p.pair, p => p.number);
        to.Write(_released);
        to.Write(_pairs.Count);
        to.Write(pairs.Length);
        foreach (var pair in pairs) pair.Save(to);
        to.Write(_mutes.Count);
        foreach (var (episode, values) in _mutes.OrderBy(m => m.Key))
        {
            Write(to, episode);
            to.Write(values.Length);
            foreach (var value in values) to.Write(value);
        }

        to.Write(alerts.Length);
        foreach (var (episode, alert) in alerts)
        {
            Write(to, episode);
            alert.Save(to, numbers);
        }

        to.Write(_owed.Count);
        foreach (var owed in _owed) to.Write(Array.FindIndex(alerts, a => a.Value == owed));
    }

    public void Load(StateLoader from)
    {
        _released = from.Bool();
        StateLoader.Check(from.Int() == _pairs.Count, "the alerts that mute others are not those of the set");
        var pairs = new Pair[from.Reader.ReadCount()];
        for (var i = 0; i < pairs.Length; i++) pairs[i] = Pair.Load(from, i < _pairs.Count ? _pairs[i] : null);
        StateLoader.Check(pairs.Length >= _pairs.Count, "an alert that mutes others is missing");
        for (var left = from.Reader.ReadCount(); left > 0; left--)
        {
            var (episode, values) = (Episode(from), new string?[from.Reader.ReadCount(sizeof(int))]);
            for (var i = 0; i < values.Length; i++) values[i] = from.Text();
            _mutes[episode] = values;
        }

        var alerts = new List<MutedAlert>();
        for (var left = from.Reader.ReadCount(); left > 0; left--)
        {
            var episode = Episode(from);
            alerts.Add(_alerts[episode] = MutedAlert.Load(from, pairs));
        }

        for (var left = from.Reader.ReadCount(); left > 0; left--) _owed.Add(alerts[from.Index(alerts.Count)]);
    }

    private static void Write(StateSaver to, UInt128 episode)
    {
        to.Write((long)(ulong)(episode >> 64));
        to.Write((long)(ulong)episode);
    }

    private static UInt128 Episode(StateLoader from)
    {
        var high = (ulong)from.Long();
        return new UInt128(high, (ulong)from.Long());
    }
}
