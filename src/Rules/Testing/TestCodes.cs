namespace Qualm.Rules.Testing;

/// <summary>The codes of all diagnostics of test files. Stable; each has a page in <c>docs/diagnostics</c>.</summary>
/// <remarks>Up to T119 they are the faults that any of our YAML files can have, numbered as in rule files.</remarks>
internal static class TestCodes
{
    public const string NotYaml = "T101";
    public const string SecondDocument = "T102";
    public const string DuplicateKey = "T103";
    public const string UnknownKey = "T104";
    public const string WrongKind = "T105";
    public const string Tag = "T106";
    public const string Anchor = "T107";
    public const string KeyNotText = "T108";
    public const string BadDuration = "T109";
    public const string MissingKey = "T111";
    public const string UnknownWord = "T112";
    public const string KeysDisagree = "T113";
    public const string BadNumber = "T115";

    public const string BadEventLine = "T120";
    public const string UnknownEvent = "T121";
    public const string BadData = "T122";
    public const string UnknownVm = "T123";
    public const string BadTime = "T124";
    public const string DuplicateTest = "T125";
    public const string UnknownAlert = "T126";
    public const string UnknownReceiver = "T127";
    public const string BadKey = "T128";
    public const string BadOrdinal = "T129";
    public const string NoRules = "T130";
}
