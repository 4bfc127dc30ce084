namespace Qualm.Engine.Cli;

/// <summary>A file named on the command line; <c>-</c> is the standard input.</summary>
internal static class InputFile
{
    private const string Standard = "-";

    /// <exception cref="IOException">It cannot be read.</exception>
    public static Stream Open(string path) =>
        path == Standard ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);

    /// <summary>Null for the standard input.</summary>
    public static string? PathOf(string path) => path == Standard ? null : Path.GetFullPath(path);

    public static string NameOf(string path) => path == Standard ? "stdin" : "file:" + Path.GetFullPath(path);
}
