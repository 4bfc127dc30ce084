using Qualm.Store.Embedded;

namespace Qualm.Store.Tests;

/// <summary>A test that needs PostgreSQL: skipped where it is not installed, except in CI, where it then fails.</summary>
public sealed class StoreFactAttribute : FactAttribute
{
    public StoreFactAttribute()
    {
        if (IsMissing) Skip = "PostgreSQL 15 or later is not installed";
    }

    internal static bool IsMissing { get; } =
        Environment.GetEnvironmentVariable("CI") != "true"
        && PostgresBinaries.TryFind("/usr/lib/postgresql", Environment.GetEnvironmentVariable("PATH") ?? "") is null;
}
