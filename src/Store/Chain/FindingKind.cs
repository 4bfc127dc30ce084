namespace Qualm.Store.Chain;

/// <summary>What may be wrong with a store.</summary>
public enum FindingKind
{
    /// <summary>An event is not the one that was written.</summary>
    Altered,

    /// <summary>An event that was written is not there.</summary>
    Removed,

    /// <summary>An event looks like ours, and no turn has written it.</summary>
    Added,

    /// <summary>A link of the chain is not the one that was written, or the one before it is not.</summary>
    LinkAltered,

    /// <summary>Links of the chain, or all of it, are not there.</summary>
    LinkRemoved,

    /// <summary>The progress is not that of the newest link.</summary>
    Progress,

    /// <summary>A head that was noted is not in the chain.</summary>
    Head,

    /// <summary>The versions of a stream do not run from 1 to the stream's.</summary>
    Stream,

    /// <summary>A recorded decision is not the one that the record leads to.</summary>
    Decision,

    /// <summary>The record cannot be judged again.</summary>
    Underivable,

    /// <summary>A published read model is not what the events say.</summary>
    ReadModel,
}
