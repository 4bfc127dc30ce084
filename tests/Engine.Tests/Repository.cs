namespace Qualm.Engine.Tests;

/// <summary>Where the sources and pages lie.</summary>
/// <remarks>Not [CallerFilePath]: a CI build inside git rewrites source paths to <c>/_/</c>.</remarks>
internal static class Repository
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    public static string PathOf(string relative) => Path.GetFullPath(Path.Combine(Root, relative));

    private static string Find(string directory) =>
        File.Exists(Path.Combine(directory, "Engine.sln")) ? directory : Find(Directory.GetParent(directory)!.FullName);
}
