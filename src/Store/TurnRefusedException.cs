namespace Qualm.Store;

/// <summary>The database refuses the rows of a turn or an import for what is in them. Nothing was written; the same rows will be refused again.</summary>
/// <param name="sqlState">PostgreSQL's code, e.g. <c>22P02</c> for malformed JSON.</param>
public sealed class TurnRefusedException(string message, string sqlState, Exception? inner = null) : StoreException(message, inner)
{
    public string SqlState { get; } = sqlState;
}
