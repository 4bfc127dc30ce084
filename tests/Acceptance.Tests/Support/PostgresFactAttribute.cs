namespace Qualm.Acceptance.Tests.Support;

/// <summary>A test that needs PostgreSQL. Skipped where it is missing, except under CI, where that is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = Prerequisites.Missing(qemu: false);
}
