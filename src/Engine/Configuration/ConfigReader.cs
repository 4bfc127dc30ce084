using System.Collections.Immutable;
using Qualm.Actions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Qualm.Engine.Configuration;

/// <summary>Reads <c>qualm.yaml</c> and lays environment and flags over it.</summary>
internal static class ConfigReader
{
    /// <summary>The file read when no other is named, if it is there.</summary>
    public const string DefaultFile = "qualm.yaml";

    private const long LeastSpool = 1 << 20;

    /// <param name="file">Null: <see cref="DefaultFile"/> if it is there, else defaults alone.</param>
    /// <exception cref="ConfigException">Something in it is wrong.</exception>
    public static QualmConfig Read(string? file, ConfigOverrides overrides) => Read(file, overrides, Setting);

    /// <inheritdoc cref="Read(string?, ConfigOverrides)"/>
    /// <param name="setting">Gives a variable of the environment; null when it is not set.</param>
    internal static QualmConfig Read(string? file, ConfigOverrides overrides, Func<string, string?> setting)
    {
        var path = file ?? (File.Exists(DefaultFile) ? DefaultFile : null);
        var root = path is null ? null : Parse(path);
        root?.Allow("sources", "rules", "store", "data", "receivers", "max_clock_skew", "flood", "spool", "alarms", "standby", "http", "drain", "log", "otlp");

        var config = new QualmConfig(
            [.. root?.Find("sources")?.Items.Select(Source) ?? [], .. overrides.Sources],
            overrides.Rules ?? setting("QUALM_RULES") ?? root?.Find("rules")?.Text ?? DefaultRules(),
            overrides.Store ?? setting("QUALM_STORE") ?? (root?.Find("store") is { } store ? Secrets.Resolve(store) : null),
            overrides.Data ?? setting("QUALM_DATA") ?? root?.Find("data")?.Text ?? QualmConfig.DefaultData,
            [.. root?.Find("receivers")?.Entries.Select(e => Receiver(e.Key, e.Value)) ?? []],
            root?.Find("max_clock_skew")?.Duration() ?? QualmConfig.DefaultMaxClockSkew);
        return config with
        {
            SpoolLimit = SpoolLimit(root?.Find("spool")) ?? config.SpoolLimit,
            Alarms = [.. root?.Find("alarms")?.Items.Select(name => Alarm(name, config)) ?? []],
            Standby = root?.Find("standby")?.Flag() ?? config.Standby,
            Serving = ServingReader.Read(root, setting),
            Flood = FloodReader.Read(root?.Find("flood")),
        };
    }

    private static long? SpoolLimit(ConfigNode? spool)
    {
        spool?.Allow("limit");
        if (spool?.Find("limit") is not { } limit) return null;
        return limit.Size() is >= LeastSpool and var bytes ? bytes : throw limit.Fault("must be 1MiB at least");
    }

    private static string Alarm(ConfigNode name, QualmConfig config) =>
        config.Receivers.Any(r => r.Name == name.Text)
            ? name.Text
            : throw name.Fault($"there is no receiver '{name.Text}'; there are: {string.Join(", ", config.Receivers.Select(r => r.Name))}");

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // ./rules as documented; without one, the pack that ships beside the program.
    private static string DefaultRules() =>
        Directory.Exists("rules") ? "rules" : Path.Combine(AppContext.BaseDirectory, "rules");

    private static ConfigNode? Parse(string path)
    {
        try
        {
            using var text = File.OpenText(path);
            var stream = new YamlStream();
            stream.Load(text);
            return stream.Documents is [var document, ..] && document.RootNode is not YamlScalarNode { Value: null or "" }
                ? new ConfigNode(document.RootNode, "", path)
                : null;
        }
        catch (YamlException e)
        {
            throw new ConfigException($"{path}:{e.Start.Line}:{e.Start.Column}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path}: cannot be read: {e.Message}");
        }
    }

    private static SourceConfig Source(ConfigNode node)
    {
        node.Allow("qmp", "listen", "tail", "vm", "host");
        var (vm, host) = (node.Find("vm")?.Text, node.Find("host")?.Text);
        return node switch
        {
            _ when node.Find("qmp") is { IsScalar: true } qmp => qmp.Text.Contains('{', StringComparison.Ordinal)
                ? new SourceConfig.Template(qmp.Text)
                : new SourceConfig.Monitor(qmp.Text, vm, host),
            _ when node.Find("qmp") is { } qmp => Monitor(qmp),
            _ when node.Find("listen") is { } listen => new SourceConfig.Listen(listen.Text),
            _ when node.Find("tail") is { } tail => new SourceConfig.Tail(tail.Text, vm, host),
            _ => throw node.Fault("needs one of the keys qmp, listen, tail"),
        };
    }

    private static SourceConfig.Monitor Monitor(ConfigNode node)
    {
        node.Allow("endpoint", "vm", "host");
        return new(node.Require("endpoint").Text, node.Find("vm")?.Text, node.Find("host")?.Text);
    }

    private static ReceiverConfig Receiver(string name, ConfigNode node)
    {
        var receiver = Kind(name, node);
        return receiver.Problems() is [var problem, ..] ? throw node.Fault(problem) : receiver;
    }

    private static ReceiverConfig Kind(string name, ConfigNode node)
    {
        if (node.IsScalar && node.Text == "log") return new ReceiverConfig.Log(name);
        node.Allow("log", "webhook");
        if (node.Find("log") is not null) return new ReceiverConfig.Log(name);
        var webhook = node.Require("webhook");
        webhook.Allow("url", "secret", "timeout", "headers");
        var url = webhook.Require("url");
        return new ReceiverConfig.Webhook(
            name,
            Uri.TryCreate(Secrets.Resolve(url), UriKind.Absolute, out var uri) ? uri : throw url.Fault("must be an absolute http or https address"),
            webhook.Find("secret") is { } secret ? new Secret(Secrets.Resolve(secret)) : null,
            webhook.Find("timeout")?.Duration(),
            webhook.Find("headers")?.Entries.ToImmutableSortedDictionary(e => e.Key, e => new Secret(Secrets.Resolve(e.Value)), StringComparer.OrdinalIgnoreCase)
                ?? ImmutableSortedDictionary<string, Secret>.Empty);
    }
}
