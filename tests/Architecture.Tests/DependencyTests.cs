using System.Reflection;

namespace Qualm.Architecture.Tests;

/// <summary>The arrows between projects. Change the table only with an ADR.</summary>
public sealed class DependencyTests
{
    public static TheoryData<string, string[]> Allowed => new()
    {
        { "Model", [] },
        { "Ingest", ["Model", "System.Reactive"] },
        { "Store", ["Model", "Npgsql"] },
        { "Projections", ["Model"] },
        { "Rules", ["Model", "YamlDotNet"] },
        { "Actions", ["Model", "Polly.Core"] },
        {
            "Engine",
            [
                "Model", "Ingest", "Store", "Projections", "Rules", "Actions",
                "Npgsql", "System.Reactive", "System.CommandLine", "Spectre.Console", "YamlDotNet",
                "OpenTelemetry", "OpenTelemetry.Api", "OpenTelemetry.Exporter.OpenTelemetryProtocol",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Project_refers_only_to_what_the_table_allows(string project, string[] allowed) =>
        Assembly.Load($"Qualm.{project}").GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(name => !IsFramework(name))
            .Select(name => name.Replace("Qualm.", "", StringComparison.Ordinal))
            .Except(allowed)
            .ShouldBeEmpty();

    [Fact]
    public void Every_source_project_is_in_the_table() =>
        Directory.EnumerateFiles(Repository.Path("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension)
            .ShouldBe(Allowed.Select(row => (string)row[0]), ignoreOrder: true);

    // Framework assemblies lie beside System.Private.CoreLib or in the ASP.NET shared folder.
    private static bool IsFramework(string name) =>
        Assembly.Load(name).Location.Contains($"{Path.DirectorySeparatorChar}shared{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
}
