namespace Qualm.Rules.Syntax;

/// <summary>The codes of all diagnostics of rule files. Stable; each has a page in <c>docs/diagnostics</c>.</summary>
internal static class Codes
{
    public const string NotYaml = "Q101";
    public const string SecondDocument = "Q102";
    public const string DuplicateKey = "Q103";
    public const string UnknownKey = "Q104";
    public const string WrongKind = "Q105";
    public const string Tag = "Q106";
    public const string Anchor = "Q107";
    public const string KeyNotText = "Q108";
    public const string BadDuration = "Q109";
    public const string BadComparison = "Q110";
    public const string MissingKey = "Q111";
    public const string UnknownWord = "Q112";
    public const string KeysDisagree = "Q113";
    public const string BadName = "Q114";
    public const string BadNumber = "Q115";

    public const string UnknownEvent = "Q201";
    public const string UnknownReceiver = "Q202";
    public const string DuplicateName = "Q203";
    public const string BadExpression = "Q204";
    public const string BadKeyPart = "Q206";
    public const string BadText = "Q207";
    public const string BadResolve = "Q208";
    public const string MissingWithin = "Q209";
    public const string PointlessKey = "Q210";
    public const string NotInKey = "Q211";
    public const string LabelNotConstant = "Q213";
    public const string OutOfRange = "Q214";
    public const string Unguarded = "Q215";

    public const string DerivedNameTaken = "Q220";
    public const string UnknownConclusion = "Q221";
    public const string NothingInCommon = "Q222";
    public const string Cycle = "Q223";
    public const string TellsNobody = "Q224";
    public const string BadValue = "Q225";
    public const string InhibitsNothing = "Q226";
    public const string NotShared = "Q227";
    public const string MuteEachOther = "Q228";
    public const string NotAskedHere = "Q229";

    public const string NothingToOverride = "Q230";
    public const string MacroCycle = "Q231";
    public const string Unused = "Q232";
    public const string BadTimes = "Q233";
    public const string UnknownZone = "Q234";
    public const string NameTaken = "Q235";

    public const string Unreachable = "Q240";
    public const string TooCostly = "Q241";

    public const string NeverMatches = "Q250";
    public const string Shadowed = "Q251";
    public const string DeadStep = "Q252";
    public const string NoReceiver = "Q253";
    public const string Untested = "Q254";
    public const string NotInFleet = "Q255";
}
