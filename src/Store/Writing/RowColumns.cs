using Qualm.Store.Chain;

namespace Qualm.Store.Writing;

/// <summary>The rows of a turn column by column, as they go into arrays of PostgreSQL; on the way, what its link says of them.</summary>
internal sealed class RowColumns
{
    private RowColumns(int count)
    {
        (Ids, Data, Types, Headers) = (new Guid[count], new ReadOnlyMemory<byte>[count], new string[count], new ReadOnlyMemory<byte>[count]);
        (Recorded, Dotnet, Correlation, Causation) = (new DateTime[count], new string[count], new string?[count], new string?[count]);
    }

    internal Guid[] Ids { get; }

    internal ReadOnlyMemory<byte>[] Data { get; }

    internal string[] Types { get; }

    internal DateTime[] Recorded { get; }

    internal string[] Dotnet { get; }

    internal string?[] Correlation { get; }

    internal string?[] Causation { get; }

    internal ReadOnlyMemory<byte>[] Headers { get; }

    /// <param name="link">Begun; gets the rows.</param>
    /// <param name="positions">By row; null when the database gives some out.</param>
    /// <param name="versions">By stream: the version before the turn; null when the database gives them out.</param>
    internal static RowColumns Of(List<AppendRow> rows, IReadOnlyList<long>? positions, StreamGroups groups, long[]? versions, LinkRows link, ByteBuffer headers)
    {
        var columns = new RowColumns(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var group = groups.Group[i];
            columns.Ids[i] = row.Id;
            columns.Data[i] = row.Data.IsEmpty ? TurnSql.EmptyObject : row.Data;
            columns.Types[i] = StoredText.Type(row.Type);
            columns.Recorded[i] = PgTime.ToParameter(row.Recorded);
            columns.Dotnet[i] = StoredText.Clean(row.DotnetType ?? DotnetTypes.Of(row.Type));
            columns.Correlation[i] = row.CorrelationId is { } c ? StoredText.Clean(c) : null;
            columns.Causation[i] = row.CausationId is { } a ? StoredText.Clean(a) : null;
            headers.Clear();
            HeadersJson.Write(headers, row.Headers with { HasRaw = !row.Raw.IsEmpty });
            columns.Headers[i] = headers.Copy(0);
            link.Add(row, positions is null ? RowPrint.GivenOut : positions[i], groups.Names[group], versions is null ? RowPrint.GivenOut : versions[group] + groups.Ordinal[i]);
        }

        link.End();
        return columns;
    }
}
