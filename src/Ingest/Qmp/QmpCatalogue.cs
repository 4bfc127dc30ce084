using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>Every event QEMU ever defined, and those Qualm makes about its monitors and itself.</summary>
public static class QmpCatalogue
{
    private static readonly Lazy<EventCatalogue> Loaded = new(CatalogueReader.ReadEmbedded);

    /// <summary>Read once, on first use.</summary>
    public static EventCatalogue Instance => Loaded.Value;
}
