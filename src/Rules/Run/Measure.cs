using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>
/// What a window holds, as a number that only grows with the events in it. Two windows of a key are measured side
/// by side: the newest one, and what outlives the event whose leaving would end the condition.
/// </summary>
internal abstract class Measure
{
    public const int Newest = 0;
    public const int Outliving = 1;

    /// <summary>Reads an event's part in it.</summary>
    /// <param name="keyId">Number of the key, given on first use; 0 before.</param>
    /// <returns>False when the event has none: then it is no match.</returns>
    public abstract bool TryRead(ref long keyId, in EventView e, out long value);

    /// <summary>How much the window grows by an event that enters it.</summary>
    public abstract long Enter(int window, in EntryPool.Entry entry);

    /// <summary>How much the window shrinks by an event that leaves it.</summary>
    public abstract long Leave(int window, in EntryPool.Entry entry);

    /// <summary>Whether anything is remembered outside of the key's block, so that windows must be emptied one by one.</summary>
    public virtual bool Remembers => false;

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

    /// <summary>Adds to <c>agg</c> what the entries of a window come to.</summary>
    public virtual Aggregate Describe(Aggregate aggregate, long size, EntryPool pool, int first, int last) => aggregate;

    /// <summary>Weights, added.</summary>
    public sealed class Weights : Measure
    {
        public override bool TryRead(ref long keyId, in EventView e, out long value)
        {
            value = 0;
            return true;
        }

        public override long Enter(int window, in EntryPool.Entry entry) => entry.Weight;

        public override long Leave(int window, in EntryPool.Entry entry) => entry.Weight;
    }
}
