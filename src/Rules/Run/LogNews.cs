namespace Qualm.Rules.Run;

/// <summary>For whom an event that a log took may be of use.</summary>
internal enum LogNews
{
    /// <summary>For no rule that shares the log.</summary>
    None,

    /// <summary>For those that count: one of their limits may be reached. No rule remembers anything of the key by itself.</summary>
    Limit,

    /// <summary>Some rule remembers something of the key by itself.</summary>
    Known,
}
