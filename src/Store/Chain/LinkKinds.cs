namespace Qualm.Store.Chain;

/// <summary>What a link of the chain was written for.</summary>
internal static class LinkKinds
{
    /// <summary>The chain was begun; its run are the positions before it.</summary>
    internal const string Start = "start";

    /// <summary>An engine has taken over.</summary>
    internal const string Epoch = "epoch";

    internal const string Turn = "turn";

    /// <summary>A turn some of whose positions were drawn as it was written: the runs tell them, the prints of its rows do not.</summary>
    internal const string Given = "given";

    /// <summary>A batch of an import.</summary>
    internal const string Import = "import";

    /// <summary>Numbers that were burnt were filled by nobody's turn.</summary>
    internal const string Fill = "fill";
}
