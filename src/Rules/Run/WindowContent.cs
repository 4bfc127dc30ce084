using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>What a window that is judged when it has settled comes to, kept up with every event that enters or leaves it.</summary>
internal abstract class WindowContent
{
    /// <summary>Length of its part of a key's block.</summary>
    public abstract int Words { get; }

    /// <summary>Reads an event's part in it.</summary>
    /// <param name="keyId">Number of the key, given on first use; 0 before.</param>
    /// <returns>False when the event has none: then it is no match.</returns>
    public abstract bool TryRead(ref long keyId, in EventView e, out long value);

    /// <summary>Reads the other side of a ratio.</summary>
    /// <returns>False when it has not changed.</returns>
    public virtual bool TryReadOther(Span<long> own, in EventView e, out long value)
    {
        value = 0;
        return false;
    }

    public virtual void EnterOther(Span<long> own, long value)
    {
    }

    /// <param name="isNewest">Whether it is the newest of the window.</param>
    public abstract void Enter(int slot, Span<long> own, EntryPool pool, int index, bool isNewest);

    /// <summary>The oldest event leaves.</summary>
    /// <param name="isLast">Whether the window is empty then.</param>
    public abstract void Leave(int slot, Span<long> own, EntryPool pool, int index, bool isLast);

    /// <summary>An event is to enter, sooner or later.</summary>
    public virtual void Foresee(Span<long> own, in EntryPool.Entry entry)
    {
    }

    /// <summary>An event that was foreseen is there no more, whether it entered or not.</summary>
    public virtual void Lose(Span<long> own, in EntryPool.Entry entry)
    {
    }

    /// <summary>Whether the condition holds for none of the windows that the events foreseen can make.</summary>
    public virtual bool IsFar(ReadOnlySpan<long> own) => false;

    /// <param name="held">Whether it held before.</param>
    public abstract bool Holds(ReadOnlySpan<long> own, bool held);

    /// <summary>Changes hands: what it forgets from now on goes by this clock.</summary>
    public virtual void GoOnIn(RunContext run)
    {
    }

    /// <summary>Writes down what is remembered outside of the keys' blocks.</summary>
    public virtual void Save(StateSaver to)
    {
    }

    public virtual void Load(StateLoader from)
    {
    }

    /// <summary>Whether what its part of a key's block refers to may be there.</summary>
    public virtual bool IsSound(ReadOnlySpan<long> own, EntryPool pool) => true;

    /// <param name="first">First event of the window; none when it is empty.</param>
    public abstract Aggregate Describe(int slot, ReadOnlySpan<long> own, Aggregate aggregate, EntryPool pool, int first, int last);
}
