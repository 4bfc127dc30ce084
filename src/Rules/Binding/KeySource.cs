namespace Qualm.Rules.Binding;

/// <summary>Where the value of a key part comes from.</summary>
internal enum KeySource
{
    /// <summary>The VM the event is about.</summary>
    Vm,

    /// <summary>The host the event, or its VM, is about.</summary>
    Host,

    /// <summary>A member of the event's data.</summary>
    Member,

    /// <summary>Any other expression.</summary>
    Expression,
}
