namespace Qualm.Actions;

/// <summary>The outbox could not be told that an attempt begins, so none was made.</summary>
internal sealed class OutboxAwayException(Exception inner) : Exception(inner.Message, inner);
