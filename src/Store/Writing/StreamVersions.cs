using System.Diagnostics.CodeAnalysis;

namespace Qualm.Store.Writing;

/// <summary>The versions that streams are expected at after the newest turn that was sent. A guess, checked in every transaction that relies on it. Any thread.</summary>
internal sealed class StreamVersions
{
    /// <summary>Beyond it all are forgotten.</summary>
    private const int Max = 200_000;

    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Forgets everything, because somebody else has appended or a turn has failed.</summary>
    internal void Forget()
    {
        lock (_lock) _versions.Clear();
    }

    /// <summary>Fills in the versions of the streams that are known.</summary>
    /// <returns>Indexes of the others.</returns>
    internal List<int> Find(string[] names, long[] versions)
    {
        var unknown = new List<int>();
        lock (_lock)
        {
            for (var i = 0; i < names.Length; i++)
            {
                if (!_versions.TryGetValue(names[i], out versions[i])) unknown.Add(i);
            }
        }

        return unknown;
    }

    /// <summary>Notes where a turn takes its streams.</summary>
    /// <param name="versions">By stream: the version before the turn.</param>
    internal void Move(StreamGroups groups, long[] versions)
    {
        lock (_lock)
        {
            if (_versions.Count > Max) _versions.Clear();
            for (var i = 0; i < versions.Length; i++) _versions[groups.Names[i]] = versions[i] + groups.Counts[i];
        }
    }

    /// <summary>Notes where a turn takes those of its streams that are known.</summary>
    /// <returns>The others.</returns>
    [SuppressMessage("Performance", "CA1859", Justification = "The shared empty set is read-only.")]
    internal IReadOnlySet<string> Move(StreamGroups groups)
    {
        HashSet<string>? unknown = null;
        lock (_lock)
        {
            for (var i = 0; i < groups.Names.Length; i++)
            {
                ref var version = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(_versions, groups.Names[i]);
                if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref version)) (unknown ??= new(StringComparer.Ordinal)).Add(groups.Names[i]);
                else version += groups.Counts[i];
            }
        }

        return unknown ?? QueuePlace.NoStreams;
    }
}
