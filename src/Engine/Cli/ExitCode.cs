namespace Qualm.Engine.Cli;

/// <summary>What the process says when it ends.</summary>
internal static class ExitCode
{
    public const int Good = 0;

    /// <summary>The command worked and found something wrong: bad rules, garbage in a file, a page that differs.</summary>
    public const int Findings = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Misuse = 2;

    /// <summary>Something needed is not there: the database, a file.</summary>
    public const int Unavailable = 3;
}
