using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Run;

/// <summary>
/// What the rules of a session have concluded, found by those parts of their keys that others ask by: one look, however
/// many keys there are. Answers for one key at a time, the one of the rule that is being judged.
/// </summary>
/// <param name="keep">For how long, in microseconds of stamps, a change may still be asked about as of its time.</param>
internal sealed class Conclusions(RuleSet set, long keep)
{
    private readonly Dictionary<byte[], Standing>[] _standing = [.. set.Supports.Select(_ => new Dictionary<byte[], Standing>(KeyBytes.Comparer))];
    private readonly int[] _sweepAt = [.. set.Supports.Select(_ => 64)];
    private readonly byte[] _probe = new byte[KeyBytes.MaxLength];
    private byte[] _read = new byte[256];
    private int _readLength;
    private KeyTable? _keys;
    private int _slot;
    private VmState? _vm;
    private HostState? _host;

    /// <summary>Answers for the present.</summary>
    public IRuleFacts Now => field ??= new AtPresent(this);

    /// <summary>Answers as of an event time.</summary>
    public IRuleFacts InTime => field ??= new AsOf(this);

    /// <summary>Answers are about this key from here on.</summary>
    public void Ask(KeyTable keys, int slot) => (_keys, _slot) = (keys, slot);

    /// <summary>Answers are about this key from here on; no slot need have it.</summary>
    public void Ask(in KeyReading reading)
    {
        if (_read.Length < reading.Bytes.Length) _read = new byte[reading.Bytes.Length * 2];
        reading.Bytes.CopyTo(_read);
        (_keys, _readLength, _vm, _host) = (null, reading.Bytes.Length, reading.Vm, reading.Host);
    }

    /// <summary>What is known about what a rule asks.</summary>
    public Standing? Find(ConclusionUse use)
    {
        if (use.Support < 0) return null;
        var length = _keys is { } keys
            ? KeyBytes.Write(keys.Raw(_slot), keys.Vm(_slot), keys.Host(_slot), use.Parts, _probe)
            : KeyBytes.Write(_read.AsSpan(0, _readLength), _vm, _host, use.Parts, _probe);
        return length < 0 ? null : _standing[use.Support].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(_probe.AsSpan(0, length), out var found) ? found : null;
    }

    /// <summary>A key begins or ceases to support a conclusion.</summary>
    public void Add(int support, Episode episode, in Standing.Change change) => Of(support, episode, change.Stamp)?.Add(change, change.Stamp - keep);

    /// <summary>A key supports a conclusion since before anybody asked.</summary>
    public void AddSettled(int support, Episode episode) => Of(support, episode, 0)?.AddSettled();

    public void Save(StateSaver to)
    {
        for (var support = 0; support < _standing.Length; support++)
        {
            to.Write(_sweepAt[support]);
            to.Write(_standing[support].Count);
            foreach (var (key, standing) in _standing[support].OrderBy(s => s.Key, Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b))))
            {
                to.Writer.Write(key);
                standing.Save(to);
            }
        }
    }

    public void Load(StateLoader from)
    {
        for (var support = 0; support < _standing.Length; support++)
        {
            _sweepAt[support] = from.Int();
            for (var left = from.Reader.ReadCount(); left > 0; left--) _standing[support][from.Reader.ReadBytes()] = Standing.Load(from);
        }
    }

    private Standing? Of(int support, Episode episode, long stamp)
    {
        var length = KeyBytes.Write(episode.Key, set.Supports[support].Parts, _probe);
        if (length < 0) return null;
        var all = _standing[support].GetAlternateLookup<ReadOnlySpan<byte>>();
        if (all.TryGetValue(_probe.AsSpan(0, length), out var found)) return found;
        if (_standing[support].Count >= _sweepAt[support]) Sweep(support, stamp - keep);
        return all[_probe.AsSpan(0, length)] = new Standing();
    }

    private void Sweep(int support, long settledBefore)
    {
        var all = _standing[support];
        foreach (var (key, standing) in all)
        {
            if (standing.IsIdle(settledBefore)) all.Remove(key);
        }

        _sweepAt[support] = Math.Max(64, all.Count * 2);
    }

    private sealed class AtPresent(Conclusions all) : IRuleFacts
    {
        public bool Holds(ConclusionUse use, Instant at) => all.Find(use) is { Holds: true };
    }

    private sealed class AsOf(Conclusions all) : IRuleFacts
    {
        public bool Holds(ConclusionUse use, Instant at) => all.Find(use)?.HoldsAt(at.Micros) == true;
    }
}
