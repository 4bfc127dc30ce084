namespace Qualm.Rules.Tests;

/// <summary>Where the sources lie.</summary>
internal static class Repository
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    public static string Path(string relative) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, relative));

    public static string Read(string relative) => File.ReadAllText(Path(relative));

    private static string Find(string directory) =>
        File.Exists(System.IO.Path.Combine(directory, "Engine.sln")) ? directory : Find(Directory.GetParent(directory)!.FullName);
}
