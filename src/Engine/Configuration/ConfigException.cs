namespace Qualm.Engine.Configuration;

/// <summary>The configuration is wrong. The message names the key's path and says what to write.</summary>
public sealed class ConfigException(string message) : Exception(message);
