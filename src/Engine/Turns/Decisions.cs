using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Engine.Turns;

/// <summary>
/// Collects the decisions of a timeline and keeps a running digest over all of them, so that two runs over one log can
/// be compared by 32 bytes.
/// </summary>
internal sealed class Decisions : IDecisionSink
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly List<AlertTransition> _made = [];
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];

    /// <summary>Made since the last <see cref="Take"/>, in order.</summary>
    public IReadOnlyList<AlertTransition> Made => _made;

    /// <summary>SHA-256 over the digest before and the JSON of the decision, from zeroes.</summary>
    public ReadOnlyMemory<byte> Digest => _digest.ToArray();

    public void Decide(AlertTransition transition)
    {
        _made.Add(transition);
        _text.ResetWrittenCount();
        _text.Write(_digest);
        using (var json = new Utf8JsonWriter(_text)) TransitionJson.Write(json, transition);
        SHA256.HashData(_text.WrittenSpan, _digest);
    }

    /// <summary>Drops what was made since the last <see cref="Take"/>; the digest keeps it.</summary>
    public void Forget() => _made.Clear();

    /// <summary>Hands over what was made since the last call.</summary>
    public IReadOnlyList<AlertTransition> Take()
    {
        AlertTransition[] made = [.. _made];
        _made.Clear();
        return made;
    }
}
