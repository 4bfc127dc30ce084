namespace Qualm.Rules.Binding;

/// <summary>What a condition said of an event. An error is no match, and is counted.</summary>
internal enum TestResult : byte
{
    No,
    Yes,
    Error,
}
