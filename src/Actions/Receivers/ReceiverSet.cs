using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Qualm.Actions;

/// <summary>The receivers of a configuration, made. Owns their connections.</summary>
public sealed class ReceiverSet : IDisposable
{
    private ReceiverSet(ImmutableArray<IReceiver> all) => All = all;

    public ImmutableArray<IReceiver> All { get; }

    /// <summary>Makes the receivers.</summary>
    /// <exception cref="ArgumentException">A configuration has problems, or two have one name; check <see cref="ReceiverConfig.Problems"/> before.</exception>
    public static ReceiverSet Of(IEnumerable<ReceiverConfig> configs, TimeProvider time, ILoggerFactory loggers)
    {
        var all = ImmutableArray.CreateBuilder<IReceiver>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var config in configs)
        {
            if (!names.Add(config.Name)) throw new ArgumentException($"receivers.{config.Name}: there are two of that name", nameof(configs));
            if (config.Problems() is [var problem, ..]) throw new ArgumentException($"receivers.{config.Name}.{problem}", nameof(configs));
            all.Add(Make(config, time, loggers));
        }

        return new ReceiverSet(all.ToImmutable());
    }

    public void Dispose()
    {
        foreach (var receiver in All) (receiver as IDisposable)?.Dispose();
    }

    private static IReceiver Make(ReceiverConfig config, TimeProvider time, ILoggerFactory loggers) => config switch
    {
        ReceiverConfig.Log => new LogReceiver(config.Name, loggers.CreateLogger<LogReceiver>()),
        ReceiverConfig.Webhook webhook => new WebhookReceiver(webhook, time),
        _ => throw new ArgumentOutOfRangeException(nameof(config), config, "a kind of receiver that is not known here"),
    };
}
