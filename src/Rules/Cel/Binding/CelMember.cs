using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary>Something the host offers by name: a root such as <c>vm</c>, or what lies below one.</summary>
internal abstract class CelMember<T>(string path, CelType type)
    where T : allows ref struct
{
    /// <summary>How it is written from its root, hyphens as underscores.</summary>
    public string Path { get; } = path;

    public CelType Type { get; } = type;

    /// <summary>Whether reading it may fail because it is not there, so that rules ought to ask <c>has</c> first.</summary>
    public virtual bool Optional => false;

    /// <summary>Members that can be told by name; for suggestions.</summary>
    public virtual IEnumerable<string> Names => [];

    /// <summary>For strings out of a known list: the list. Empty when any text is possible.</summary>
    public virtual ImmutableArray<string> KnownValues => [];

    /// <summary>The member below; null when there is none. For maps: entries are not members, and found while evaluating.</summary>
    public virtual CelMember<T>? Find(string name) => null;

    public abstract CelNode<T> Read(CelSpan span);

    /// <summary>Whether it is there; null when it always is.</summary>
    public virtual CelNode<T>? Test(CelSpan span) => null;
}
