using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Run;

/// <summary>How many different values there are. One table knows, by key and value, how often each is in a window, so its size costs nothing.</summary>
internal sealed class DistinctMeasure : Measure
{
    // Words of a value's block: in the newest window, in what outlives the exit, stamp of its last event.
    private const int StampWord = 2;
    private const int MaxBytes = 4096;

    private readonly byte[] _buffer = new byte[MaxBytes];
    private readonly BoundKey _of;
    private readonly HashKeyTable _values;
    private RunContext _run;
    private readonly long _keep;
    private long _keys;

    /// <param name="keep">How long an event may wait outside of all windows, in microseconds.</param>
    public DistinctMeasure(BoundKey of, RunContext run, long keep)
    {
        (_of, _run, _keep) = (of, run, keep);
        _values = new HashKeyTable(["key", "of"], 3, IsIdle);
    }

    public override bool Remembers => true;

    public override void GoOnIn(RunContext run) => _run = run;

    public override void Save(StateSaver to)
    {
        to.Write(_keys);
        _values.Save(to);
    }

    public override void Load(StateLoader from)
    {
        _keys = from.Long();
        _values.Load(from);
    }

    public override bool TryRead(ref long keyId, in EventView e, out long value)
    {
        if (keyId == 0) keyId = ++_keys;
        var reading = new KeyReading(_buffer);
        value = 0;
        if (!reading.AddNumber(keyId) || !KeyReader.TryRead(_of, e, ref reading)) return false;
        var slot = _values.FindOrAdd(ref reading);
        _values.Block(slot)[StampWord] = e.Stamp.Micros;
        value = slot;
        return true;
    }

    public override long Enter(int window, in EntryPool.Entry entry) => _values.Block((int)entry.Value)[window]++ == 0 ? 1 : 0;

    public override long Leave(int window, in EntryPool.Entry entry) => --_values.Block((int)entry.Value)[window] == 0 ? 1 : 0;

    public override Aggregate Describe(Aggregate aggregate, long size, EntryPool pool, int first, int last) => aggregate with { Distinct = size };

    /// <summary>The different values of a window, in their order.</summary>
    public CelValue Members(EntryPool pool, int first, int last)
    {
        var numbers = new HashSet<long>();
        for (var i = first; ; i = pool[i].Next)
        {
            numbers.Add(pool[i].Value);
            if (i == last) return Members(numbers);
        }
    }

    /// <summary>The values of these numbers, in their order.</summary>
    public CelValue Members(IReadOnlyCollection<long> numbers)
    {
        var seen = new SortedSet<(string Text, bool IsText)>(Comparer<(string Text, bool IsText)>.Create(
            static (a, b) => string.CompareOrdinal(a.Text, b.Text) is var order and not 0 ? order : a.IsText.CompareTo(b.IsText)));
        foreach (var number in numbers)
        {
            var part = _values.Parts((int)number)[1];
            seen.Add((part.Value, part.IsText));
        }

        return CelValue.OfList([.. seen.Select(v => CelExpressions.KeyValue(new KeyPart("of", v.Text, v.IsText)))]);
    }

    private bool IsIdle(int slot)
    {
        var block = _values.Block(slot);
        return block[Newest] == 0 && block[Outliving] == 0 && block[StampWord] + _keep <= _run.Now.Micros;
    }
}
