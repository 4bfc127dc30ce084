using System.Globalization;
using Qualm.Rules.Syntax;
using YamlDotNet.RepresentationModel;

namespace Qualm.Engine.Configuration;

/// <summary>A node of the configuration that knows its path, so that every fault names where it is.</summary>
internal sealed class ConfigNode(YamlNode node, string path, string file)
{
    public bool IsScalar => node is YamlScalarNode;

    public bool IsMapping => node is YamlMappingNode;

    public string Text => node is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Fault("must be a text");

    public IEnumerable<ConfigNode> Items =>
        node is YamlSequenceNode sequence
            ? sequence.Children.Select((child, i) => new ConfigNode(child, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), file))
            : throw Fault("must be a list");

    public IEnumerable<(string Key, ConfigNode Value)> Entries =>
        node is YamlMappingNode mapping
            ? mapping.Children.Select(pair => (Key(pair.Key), new ConfigNode(pair.Value, path.Length == 0 ? Key(pair.Key) : $"{path}.{Key(pair.Key)}", file)))
            : throw Fault("must be a mapping of keys to values");

    public ConfigNode? Find(string key) => Entries.FirstOrDefault(e => e.Key == key).Value;

    public ConfigNode Require(string key) => Find(key) ?? throw Fault($"needs the key '{key}'");

    /// <summary>Refuses keys other than these.</summary>
    public void Allow(params string[] keys)
    {
        foreach (var (key, value) in Entries)
        {
            if (!keys.Contains(key)) throw value.Fault($"is not a known key; known here: {string.Join(", ", keys)}");
        }
    }

    public TimeSpan Duration()
    {
        var text = Text;
        return Durations.TryParse(text, out var length) ? length : throw Fault($"'{text}' is not a duration such as 30s, 5m or 1h30m");
    }

    /// <summary>Bytes.</summary>
    public long Size()
    {
        var text = Text;
        return Sizes.TryParse(text, out var bytes) ? bytes : throw Fault($"'{text}' is not a size such as 512MiB, 1GiB or 1048576");
    }

    public bool Flag() => Text switch
    {
        "true" => true,
        "false" => false,
        var text => throw Fault($"'{text}' is neither true nor false"),
    };

    public ConfigException Fault(string what) =>
        new($"{file}:{node.Start.Line}:{node.Start.Column}: {(path.Length == 0 ? "the file" : path)}: {what}");

    private string Key(YamlNode key) => key is YamlScalarNode { Value: { } text } ? text : throw Fault("has a key that is not a text");
}
