using System.Text.RegularExpressions;

namespace Qualm.Engine.Configuration;

/// <summary>Fills <c>${env:NAME}</c> and <c>${file:PATH}</c> in, so that secrets never stand in the configuration itself.</summary>
internal static partial class Secrets
{
    /// <exception cref="ConfigException">The variable is not set, or the file cannot be read.</exception>
    public static string Resolve(ConfigNode node) =>
        Reference().Replace(node.Text, match => match.Groups[1].Value == "env"
            ? FromEnvironment(match.Groups[2].Value, node)
            : FromFile(match.Groups[2].Value, node));

    private static string FromEnvironment(string name, ConfigNode node) =>
        Environment.GetEnvironmentVariable(name) ?? throw node.Fault($"the environment variable {name} is not set");

    private static string FromFile(string path, ConfigNode node)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw node.Fault($"the file {path} cannot be read: {e.Message}");
        }
    }

    [GeneratedRegex(@"\$\{(env|file):([^}]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
