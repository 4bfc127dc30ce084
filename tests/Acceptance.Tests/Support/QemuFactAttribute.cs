namespace Qualm.Acceptance.Tests.Support;

/// <summary>A test that needs PostgreSQL and QEMU. Skipped where one is missing, except under CI, where that is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class QemuFactAttribute : FactAttribute
{
    public QemuFactAttribute() => Skip = Prerequisites.Missing(qemu: true);
}
