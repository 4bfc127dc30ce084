namespace Qualm.Ingest.Qmp;

/// <summary>The peer broke the QMP protocol. Not transient: the session is over, and asking again will not mend it.</summary>
public sealed class QmpProtocolException : Exception
{
    /// <param name="offset">Byte offset of the breach in the message, from 0; negative when it has no place.</param>
    public QmpProtocolException(string message, long offset = -1, Exception? inner = null) : base(message, inner) => Offset = offset;

    public long Offset { get; }
}
