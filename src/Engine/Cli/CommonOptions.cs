using System.CommandLine;
using Qualm.Engine.Configuration;

namespace Qualm.Engine.Cli;

/// <summary>Options that several verbs share.</summary>
internal sealed class CommonOptions
{
    public Option<string?> Config { get; } = new("--config") { Description = "Configuration file (default: ./qualm.yaml if it is there)" };

    public Option<string?> Data { get; } = new("--data") { Description = "Data folder with the private PostgreSQL (QUALM_DATA)" };

    public Option<string?> Store { get; } = new("--store") { Description = "PostgreSQL connection string instead of the private one (QUALM_STORE)" };

    public Option<string?> Rules { get; } = new("--rules") { Description = "Rule file or folder (default: ./rules)" };

    public Option<bool> Json { get; } = new("--json") { Description = "One JSON object a line, for programs" };

    /// <summary>The configuration as file, environment and these options make it.</summary>
    public QualmConfig Read(ParseResult parsed, params SourceConfig[] sources) =>
        ConfigReader.Read(Value(parsed, Config), new ConfigOverrides(Value(parsed, Rules), Value(parsed, Store), Value(parsed, Data), [.. sources]));

    // A verb that does not carry an option has no value for it.
    private static string? Value(ParseResult parsed, Option<string?> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);
}
