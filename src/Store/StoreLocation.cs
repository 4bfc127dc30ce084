namespace Qualm.Store;

/// <summary>Where the log is kept: in somebody's PostgreSQL, or in a private one under a folder of ours.</summary>
/// <param name="Schema">Schema that holds the tables: lower-case letters, digits and underscores, 40 characters at most.</param>
public abstract record StoreLocation(string Schema)
{
    public const string DefaultSchema = "qualm";

    /// <param name="ConnectionString">In Npgsql's form, e.g. <c>Host=db;Database=qualm</c>. The database must exist.</param>
    public sealed record External(string ConnectionString, string Schema = DefaultSchema) : StoreLocation(Schema);

    /// <param name="DataFolder">Made when it does not exist. Belongs to Qualm alone.</param>
    public sealed record Private(string DataFolder, string Schema = DefaultSchema) : StoreLocation(Schema);

    /// <param name="connectionString">Wins when it is neither null nor blank.</param>
    public static StoreLocation Of(string? connectionString, string dataFolder, string schema = DefaultSchema) =>
        string.IsNullOrWhiteSpace(connectionString) ? new Private(dataFolder, schema) : new External(connectionString, schema);
}
