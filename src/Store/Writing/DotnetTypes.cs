using System.Collections.Concurrent;

namespace Qualm.Store.Writing;

/// <summary>Names of the CLR types that Marten applications bind our events to.</summary>
public static class DotnetTypes
{
    /// <summary>The type Marten fills holes of the sequence with.</summary>
    public const string Tombstone = "JasperFx.Events.Tombstone, JasperFx.Events";

    private const int MaxCached = 4096;

    private static readonly ConcurrentDictionary<string, string> Cache = new(StringComparer.Ordinal);

    /// <summary><c>block_io_error</c> gives <c>Qualm.Events.BlockIoError, Qualm.Events</c>.</summary>
    public static string Of(string type)
    {
        if (Cache.TryGetValue(type, out var known)) return known;
        var name = $"Qualm.Events.{Pascal(type)}, Qualm.Events";
        if (Cache.Count < MaxCached) Cache.TryAdd(type, name);
        return name;
    }

    private static string Pascal(string type)
    {
        var name = new char[type.Length];
        var length = 0;
        var upper = true;
        foreach (var c in type)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                upper = true;
                continue;
            }

            name[length++] = upper ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c);
            upper = false;
        }

        return new string(name, 0, length);
    }
}
