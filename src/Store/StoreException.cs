namespace Qualm.Store;

/// <summary>Something about the store went wrong. The message is one line that says where and what to do.</summary>
public abstract class StoreException(string message, Exception? inner = null) : Exception(message, inner);
