using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Qualm.Model;

/// <summary>The text of a whole rule set, as it stands in the log when it is activated.</summary>
/// <param name="Files">In ordinal order of their paths.</param>
public sealed record RuleSetText(ImmutableArray<RuleSetText.File> Files)
{
    /// <param name="Path">Relative to the folder of the set, parts joined by <c>/</c>.</param>
    public sealed record File(string Path, string Text);

    /// <summary>SHA-256 over paths and texts, in hex. Equal digests mean equal sets.</summary>
    public string Digest { get; } = Hash(Files);

    public static RuleSetText Of(IEnumerable<File> files) =>
        new([.. files.OrderBy(f => f.Path, StringComparer.Ordinal)]);

    private static string Hash(ImmutableArray<File> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            foreach (var text in (string[])[file.Path, file.Text])
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                hash.AppendData(BitConverter.GetBytes(bytes.LongLength));
                hash.AppendData(bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
