namespace Qualm.Engine.Spooling;

/// <summary>The folder of a spool is held by another process: an engine that still runs, or one that takes it in.</summary>
internal sealed class SpoolInUseException(string folder, IOException cause) : IOException($"{folder} is held by another process", cause);
