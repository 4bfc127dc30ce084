namespace Qualm.Model;

/// <summary>Bytes that do not hold the state they were said to hold: damaged, or of another format. State is then derived from the log instead.</summary>
public sealed class StateFormatException(string message) : Exception(message);
