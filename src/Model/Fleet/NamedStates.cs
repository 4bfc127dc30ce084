using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Qualm.Model;

/// <summary>
/// A bounded map from names to parts of a VM's picture, in ordinal order of names. When it is full, the entry whose
/// newest change is oldest in event time gives way (of equals the first in order), so that a guest that makes up
/// names costs no more than <see cref="Capacity"/> entries.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is said what it holds, not how.")]
public sealed class NamedStates<T> : IReadOnlyDictionary<string, T>
{
    /// <summary>Most entries of one map.</summary>
    public const int Capacity = 256;

    private Entry[] _entries = [];

    public int Count { get; private set; }

    public IEnumerable<string> Keys
    {
        get
        {
            for (var i = 0; i < Count; i++) yield return _entries[i].Name;
        }
    }

    public IEnumerable<T> Values
    {
        get
        {
            for (var i = 0; i < Count; i++) yield return _entries[i].Value;
        }
    }

    /// <exception cref="KeyNotFoundException">There is no such name.</exception>
    public T this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"no entry named '{key}'");

    public bool ContainsKey(string key) => Search(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => TryGetValue(key.AsSpan(), out value);

    public bool TryGetValue(ReadOnlySpan<char> name, [MaybeNullWhen(false)] out T value)
    {
        var at = Search(name);
        value = at >= 0 ? _entries[at].Value : default;
        return at >= 0;
    }

    /// <summary>Event time of the newest change of an entry; the epoch when there is no such name.</summary>
    public Instant ChangedAt(ReadOnlySpan<char> name)
    {
        var at = Search(name);
        return at >= 0 ? _entries[at].ChangedAt : default;
    }

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return new KeyValuePair<string, T>(_entries[i].Name, _entries[i].Value);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Finds an entry and notes that it changes now.</summary>
    internal bool TryTouch(ReadOnlySpan<char> name, Instant changedAt, [MaybeNullWhen(false)] out T value)
    {
        var at = Search(name);
        if (at < 0)
        {
            value = default;
            return false;
        }

        ref var entry = ref _entries[at];
        entry.ChangedAt = Instant.Max(entry.ChangedAt, changedAt);
        value = entry.Value;
        return true;
    }

    /// <summary>Gives an entry that is there a new value and time; false when there is none.</summary>
    internal bool TrySet(ReadOnlySpan<char> name, T value, Instant changedAt)
    {
        var at = Search(name);
        if (at < 0) return false;
        ref var entry = ref _entries[at];
        entry.Value = value;
        entry.ChangedAt = Instant.Max(entry.ChangedAt, changedAt);
        return true;
    }

    internal void Set(string name, T value, Instant changedAt)
    {
        if (TrySet(name, value, changedAt)) return;
        if (Count == Capacity) RemoveAt(Oldest());
        Insert(~Search(name), new Entry { Name = name, Value = value, ChangedAt = changedAt });
    }

    internal bool Remove(ReadOnlySpan<char> name)
    {
        var at = Search(name);
        if (at >= 0) RemoveAt(at);
        return at >= 0;
    }

    internal void Clear()
    {
        Array.Clear(_entries, 0, Count);
        Count = 0;
    }

    /// <summary>Fetches the entries, of which nearly all VMs have few; see <see cref="Ahead"/>. To be called once the map itself is there.</summary>
    internal void FetchEntries()
    {
        var entries = _entries;
        if (entries.Length > 0) Ahead.Fetch(entries, FetchedLines);
    }

    /// <summary>Fetches what the entries refer to. To be called once they are there.</summary>
    internal void FetchNames()
    {
        for (var i = 0; i < Count && i < FetchedNames; i++)
        {
            ref var entry = ref _entries[i];
            Ahead.Fetch(entry.Name, 1);
            if (entry.Value is { } value && !typeof(T).IsValueType) Ahead.Fetch(value, 1);
        }
    }

    private const int FetchedLines = 2;

    private const int FetchedNames = 4;

    private void Insert(int at, Entry entry)
    {
        if (Count == _entries.Length) Array.Resize(ref _entries, Math.Min(Capacity, Math.Max(2, Count * 2)));
        Array.Copy(_entries, at, _entries, at + 1, Count - at);
        _entries[at] = entry;
        Count++;
    }

    private void RemoveAt(int at)
    {
        Count--;
        Array.Copy(_entries, at + 1, _entries, at, Count - at);
        _entries[Count] = default;
    }

    private int Oldest()
    {
        var oldest = 0;
        for (var i = 1; i < Count; i++)
        {
            if (_entries[i].ChangedAt < _entries[oldest].ChangedAt) oldest = i;
        }

        return oldest;
    }

    /// <returns>The index of the name, or the complement of where it belongs.</returns>
    private int Search(ReadOnlySpan<char> name)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _entries[middle].Name.AsSpan().SequenceCompareTo(name);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }

    private struct Entry
    {
        public string Name;
        public T Value;
        public Instant ChangedAt;
    }
}
