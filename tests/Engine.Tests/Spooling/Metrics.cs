using System.Diagnostics.Metrics;
using Qualm.Engine.Spooling;

namespace Qualm.Engine.Tests.Spooling;

/// <summary>Meters that nobody reads.</summary>
internal sealed class Metrics : IMeterFactory
{
    public static readonly SpoolMetrics None = new(new Metrics());

    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}
