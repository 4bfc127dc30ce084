namespace Qualm.Store;

/// <summary>Another engine has taken over this database with a later epoch. This one must stop writing for good.</summary>
public sealed class FencedException(string message, Exception? inner = null) : StoreException(message, inner);
