namespace Qualm.Ingest.Tests;

/// <summary>A folder of its own for one test; short, because the path of a unix socket has 107 bytes at most.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("qi").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
