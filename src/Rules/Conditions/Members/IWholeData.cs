namespace Qualm.Rules.Conditions;

/// <summary>A member that needs all of an event's data.</summary>
internal interface IWholeData
{
    /// <summary>Index of the step; -1 for the event at hand.</summary>
    int Step { get; }
}
