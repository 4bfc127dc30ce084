using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Qualm.Rules.Tests.Schemas;

/// <summary>Judges JSON by a schema of draft 2020-12: the part of it that our schemas use. What it does not know it refuses to read.</summary>
internal sealed class JsonSchema(JsonObject root)
{
    /// <summary>What says something to people and editors, and nothing of values.</summary>
    private static readonly string[] Annotations = ["$schema", "$id", "$defs", "title", "description", "examples", "default"];

    public JsonObject Root => root;

    public static JsonSchema Load(string path) => new(JsonNode.Parse(File.ReadAllText(Repository.Path(path)))!.AsObject());

    /// <returns>Places and keywords that refuse the value; empty when it is valid.</returns>
    public IReadOnlyList<string> Faults(JsonNode? value)
    {
        var faults = new List<string>();
        Check(root, value, "", faults);
        return faults;
    }

    /// <summary>The schema at a JSON pointer, references followed.</summary>
    public JsonNode At(string pointer)
    {
        JsonNode node = root;
        foreach (var part in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = (node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : node[part]) ?? throw new InvalidOperationException($"no {part} in {pointer}");
            while (node is JsonObject { } o && o["$ref"] is { } reference) node = At(((string)reference!)[1..]);
        }

        return node;
    }

    private bool Is(JsonNode schema, JsonNode? value) => Check(schema, value, "", []);

    private bool Check(JsonNode? schema, JsonNode? value, string at, List<string> faults)
    {
        if (schema is JsonValue constant)
        {
            if (!constant.GetValue<bool>()) faults.Add($"{at}: not allowed");
            return constant.GetValue<bool>();
        }

        var before = faults.Count;
        var keywords = schema!.AsObject();
        foreach (var (keyword, rule) in keywords)
        {
            if (Annotations.Contains(keyword) || keyword is "then" or "else") continue;
            if (!Holds(keyword, rule!, keywords, value, at, faults)) faults.Add($"{(at.Length == 0 ? "/" : at)}: {keyword}");
        }

        return faults.Count == before;
    }

    private bool Holds(string keyword, JsonNode rule, JsonObject keywords, JsonNode? value, string at, List<string> faults) => keyword switch
    {
        "$ref" => Check(At(((string)rule!)[1..]), value, at, faults),
        "type" => (rule as JsonArray ?? [rule.DeepClone()]).Any(t => HasType(value, (string)t!)),
        "enum" => rule.AsArray().Any(v => JsonNode.DeepEquals(v, value)),
        "const" => JsonNode.DeepEquals(rule, value),
        "allOf" => rule.AsArray().All(s => Check(s, value, at, faults)),
        "anyOf" => rule.AsArray().Any(s => Is(s!, value)),
        "oneOf" => rule.AsArray().Count(s => Is(s!, value)) == 1,
        "not" => !Is(rule, value),
        "if" => (Is(rule, value) ? keywords["then"] : keywords["else"]) is not { } next || Check(next, value, at, faults),
        "properties" => value is not JsonObject o || rule.AsObject().All(p => !o.ContainsKey(p.Key) || Check(p.Value, o[p.Key], $"{at}/{p.Key}", faults)),
        "additionalProperties" => value is not JsonObject o || o.Where(p => keywords["properties"]?[p.Key] is null).All(p => Check(rule, p.Value, $"{at}/{p.Key}", faults)),
        "propertyNames" => value is not JsonObject o || o.All(p => Check(rule, JsonValue.Create(p.Key), $"{at}/{p.Key}", faults)),
        "required" => value is not JsonObject o || rule.AsArray().All(k => o.ContainsKey((string)k!)),
        "minProperties" => value is not JsonObject o || o.Count >= (int)rule,
        "maxProperties" => value is not JsonObject o || o.Count <= (int)rule,
        "items" => value is not JsonArray a || a.Select((v, i) => Check(rule, v, $"{at}/{i}", faults)).All(ok => ok),
        "contains" => value is not JsonArray a || a.Any(v => Is(rule, v)),
        "minItems" => value is not JsonArray a || a.Count >= (int)rule,
        "maxItems" => value is not JsonArray a || a.Count <= (int)rule,
        "pattern" => !HasType(value, "string") || Regex.IsMatch((string)value!, (string)rule!, RegexOptions.ECMAScript),
        "minLength" => !HasType(value, "string") || ((string)value!).Length >= (int)rule,
        "minimum" => !HasType(value, "number") || value!.GetValue<decimal>() >= (decimal)rule,
        "maximum" => !HasType(value, "number") || value!.GetValue<decimal>() <= (decimal)rule,
        _ => throw new NotSupportedException($"{at}: keyword '{keyword}'"),
    };

    private static bool HasType(JsonNode? value, string type) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
        ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => decimal.IsInteger(value!.GetValue<decimal>()),
        _ => false,
    };
}
