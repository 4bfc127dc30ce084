using System.Text;

namespace Qualm.Engine.Spooling;

/// <summary>The first record of a segment: whose inputs follow.</summary>
/// <param name="Store">Identity of the store they belong to; see <see cref="Qualm.Store.StoreIdentity"/>.</param>
/// <param name="Epoch">Of the engine that stamped them.</param>
/// <param name="Sequence">Place of the segment among those of the epoch, from 1.</param>
internal sealed record SpoolHeader(string Store, long Epoch, long Sequence)
{
    /// <summary>Raised with every change of what records hold.</summary>
    public const int Version = 1;

    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("qualm spool");

    public void Write(SpoolWriter to)
    {
        to.Clear();
        to.Write(Magic);
        to.Write(Version);
        to.Write(Store);
        to.Write(Epoch);
        to.Write(Sequence);
    }

    /// <exception cref="InvalidDataException">It is none, or one of another version.</exception>
    public static SpoolHeader Read(SpoolReader from)
    {
        if (!from.ReadBytes().Span.SequenceEqual(Magic)) throw new InvalidDataException("it does not begin as a spool does");
        var version = from.ReadInt32();
        if (version != Version) throw new InvalidDataException($"it is of version {version}, and this Qualm reads version {Version}");
        return new SpoolHeader(from.ReadSomeText(), from.ReadInt64(), from.ReadInt64());
    }
}
