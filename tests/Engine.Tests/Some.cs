using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Qualm.Engine.Serving;

namespace Qualm.Engine.Tests;

/// <summary>Builders of what tests need and do not care about.</summary>
internal static class Some
{
    public static IMeterFactory Meters() => new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static EngineWatch Watch(ServiceHealth health) => new(health, Meters(), "1.2.3", TimeProvider.System);
}
