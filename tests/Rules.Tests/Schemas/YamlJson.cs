using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Tests.Schemas;

/// <summary>A YAML file as editors hand it to a schema: bare scalars are what YAML's core schema says they are.</summary>
internal static partial class YamlJson
{
    /// <returns>Null when the file is not YAML that we take.</returns>
    public static JsonNode? Read(string yaml)
    {
        var bag = new DiagnosticBag();
        var root = YamlReader.Read(new SourceText("file.yaml", yaml), bag);
        return root is null || bag.Errors > 0 ? null : Convert(root);
    }

    private static JsonNode? Convert(Node node) => node switch
    {
        Node.Map map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key.Value, Convert(e.Value)))),
        Node.List list => new JsonArray([.. list.Items.Select(Convert)]),
        _ => Convert((Scalar)node),
    };

    private static JsonValue? Convert(Scalar scalar)
    {
        if (scalar.IsNull) return null;
        if (!scalar.Plain) return JsonValue.Create(scalar.Value);
        if (scalar.Value is "true" or "false") return JsonValue.Create(scalar.Value == "true");
        return Number().IsMatch(scalar.Value) ? JsonValue.Create(decimal.Parse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture)) : JsonValue.Create(scalar.Value);
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
