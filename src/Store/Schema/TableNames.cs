using System.Text.RegularExpressions;

namespace Qualm.Store.Schema;

/// <summary>The tables of one schema, with the schema in front.</summary>
internal sealed partial class TableNames
{
    /// <summary>One more than this and PostgreSQL would cut the names we derive.</summary>
    private const int MaxSchema = 40;

    internal TableNames(string schema)
    {
        if (schema.Length > MaxSchema || !Word().IsMatch(schema) || schema.StartsWith("pg_", StringComparison.Ordinal))
            throw new ArgumentException(
                $"'{schema}' is no schema name: lower-case letters, digits and underscores, a letter first, not pg_…, {MaxSchema} characters at most", nameof(schema));
        Schema = schema;
    }

    internal string Schema { get; }

    internal string Streams => $"{Schema}.mt_streams";

    internal string Events => $"{Schema}.mt_events";

    internal string Sequence => $"{Schema}.mt_events_sequence";

    internal string Own(string name) => $"{Schema}.qualm_{name}";

    /// <exception cref="ArgumentException">The alias is no lower-case word of at most 40 characters.</exception>
    internal string Document(string alias) =>
        alias.Length <= MaxSchema && Word().IsMatch(alias)
            ? $"{Schema}.mt_doc_{alias}"
            : throw new ArgumentException($"'{alias}' is no document alias: lower-case letters, digits and underscores, a letter first", nameof(alias));

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Word();
}
