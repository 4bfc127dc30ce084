namespace Qualm.Rules.Run;

/// <summary>The keys that a rule has seen, found by those parts that it has in common with a rule it asks: whom a conclusion concerns that does not name the whole key.</summary>
internal sealed class KnownKeys
{
    private readonly List<(Watch Watch, Dictionary<byte[], List<int>> Slots)> _indexes = [];
    private readonly byte[] _probe = new byte[KeyBytes.MaxLength];
    private bool[] _known = new bool[64];

    public void Index(Watch watch) => _indexes.Add((watch, new Dictionary<byte[], List<int>>(KeyBytes.Comparer)));

    public void Add(KeyTable keys, int slot)
    {
        if (slot < _known.Length && _known[slot]) return;
        if (slot >= _known.Length) Array.Resize(ref _known, Math.Max(slot + 1, _known.Length * 2));
        _known[slot] = true;
        foreach (var (watch, slots) in _indexes)
        {
            var all = slots.GetAlternateLookup<ReadOnlySpan<byte>>();
            var key = Project(keys, slot, watch);
            if (all.TryGetValue(key, out var same)) same.Add(slot);
            else all[key] = [slot];
        }
    }

    public void Remove(KeyTable keys, int slot)
    {
        if (slot >= _known.Length || !_known[slot]) return;
        _known[slot] = false;
        foreach (var (watch, slots) in _indexes)
        {
            var all = slots.GetAlternateLookup<ReadOnlySpan<byte>>();
            var key = Project(keys, slot, watch);
            if (all.TryGetValue(key, out var same) && same.Remove(slot) && same.Count == 0) all.Remove(key);
        }
    }

    /// <summary>Slots of the keys that agree with the one that has changed, in the order of keys.</summary>
    public List<int> Find(KeyTable keys, Watch watch, Consequence change)
    {
        var length = KeyBytes.Write(change.Key, watch.Support.Parts, _probe);
        var slots = _indexes.Find(i => i.Watch == watch).Slots.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (length < 0 || !slots.TryGetValue(_probe.AsSpan(0, length), out var same)) return [];
        var ordered = same.ToList();
        ordered.Sort(keys.Compare);
        return ordered;
    }

    public void Save(StateSaver to) => to.Writer.WriteAll<int>([.. Enumerable.Range(0, _known.Length).Where(slot => _known[slot])]);

    public void Load(StateLoader from, KeyTable keys)
    {
        foreach (var slot in from.Reader.ReadAll<int>())
        {
            StateLoader.Check(keys.HasSlot(slot) && keys.InUse(slot), "a key is known that is not there");
            Add(keys, slot);
        }
    }

    private ReadOnlySpan<byte> Project(KeyTable keys, int slot, Watch watch)
    {
        var length = KeyBytes.Write(keys.Raw(slot), keys.Vm(slot), keys.Host(slot), watch.Use.Parts, _probe);
        return length < 0 ? default : _probe.AsSpan(0, length);
    }
}
