using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>Beside the entries of an <see cref="EntryPool"/>: which of the same key came next, and what each waits for.</summary>
internal sealed class ArrivalLinks
{
    private Link[] _links = new Link[16];

    public ref Link this[int index] => ref _links[index];

    /// <summary>Makes room for an entry.</summary>
    public void Reach(int index)
    {
        if (index >= _links.Length) Array.Resize(ref _links, Math.Max(index + 1, _links.Length * 2));
    }

    /// <param name="bound">No entry in use is greater than or equal to this.</param>
    public void Save(StateSaver to, int bound) => to.Writer.WriteAll<Link>(_links.AsSpan(0, Math.Min(_links.Length, bound)));

    public void Load(StateLoader from, int bound)
    {
        var links = from.Reader.ReadAll<Link>();
        StateLoader.Check(links.Length <= bound && links.Length > 0, $"links of {links.Length} events, where there are {bound}");
        foreach (ref readonly var link in links.AsSpan())
        {
            if ((uint)link.Next >= (uint)links.Length) throw new StateFormatException("rules: a list of arrivals leads nowhere");
        }

        _links = links;
    }

    [Flags]
    public enum Bits
    {
        None = 0,

        /// <summary>It is to enter.</summary>
        Comes = 1,

        /// <summary>It is to leave.</summary>
        Stays = 2,

        /// <summary>It is in the list by time.</summary>
        Listed = 4,

        /// <summary>It is in the list by arrival.</summary>
        Waits = 8,
    }

    public struct Link(int next, Bits bits)
    {
        public int Next = next;
        public Bits Bits = bits;
    }
}
