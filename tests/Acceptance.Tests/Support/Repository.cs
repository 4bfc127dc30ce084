namespace Qualm.Acceptance.Tests.Support;

/// <summary>Where the sources, the shipped rules and the samples lie.</summary>
/// <remarks>Not [CallerFilePath]: a CI build inside git rewrites source paths to <c>/_/</c>.</remarks>
internal static class Repository
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    /// <summary>The rule pack that ships.</summary>
    public static string Rules => PathOf("rules");

    public static string PathOf(string relative) => Path.GetFullPath(Path.Combine(Root, relative));

    private static string Find(string directory) =>
        File.Exists(Path.Combine(directory, "Engine.sln")) ? directory : Find(Directory.GetParent(directory)!.FullName);
}
