using System.Text.Json;
using System.Text.Json.Serialization;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules;

namespace Qualm.Engine.Snapshotting;

/// <summary>What an engine must know of a snapshot before it takes its state up. Whatever is not exactly its own makes the snapshot useless to it.</summary>
/// <param name="Format">Of the snapshot, of the rules' state and of the fleet's, as text; see <see cref="OwnFormat"/>.</param>
/// <param name="Catalogue">Digest of the event catalogue.</param>
/// <param name="Rules">Digest of the rule set that ran.</param>
/// <param name="ActivatedBy">Position of the activation of that set.</param>
/// <param name="Inputs">How many inputs the log held by then.</param>
internal sealed record SnapshotAbout(string Format, string Catalogue, string Rules, long ActivatedBy, long Inputs)
{
    /// <summary>Changes whenever <see cref="SnapshotImage"/> writes something else.</summary>
    private const int Layout = 1;

    /// <summary>What this engine writes and understands.</summary>
    public static string OwnFormat { get; } = string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Layout}.{RuleSession.StateFormat}.{Fleet.StateFormat}");

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, Json.Default.SnapshotAbout);

    /// <exception cref="StateFormatException">It is damaged, or of an engine that writes something else there.</exception>
    public static SnapshotAbout Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            if (JsonSerializer.Deserialize(utf8, Json.Default.SnapshotAbout) is { Format: not null, Catalogue: not null, Rules: not null } about) return about;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new StateFormatException("it does not say what it is of");
    }

    /// <summary>Why this engine cannot take the state up; null when it can.</summary>
    /// <param name="catalogue">Digest of its own.</param>
    public string? Refuse(string catalogue) =>
        Format != OwnFormat ? $"its format is {Format}, and this engine's {OwnFormat}"
        : Catalogue != catalogue ? "the event catalogue has changed since"
        : null;
}

/// <summary>Generated, so that starting does not wait for reflection.</summary>
[JsonSerializable(typeof(SnapshotAbout))]
internal sealed partial class Json : JsonSerializerContext;
