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
    private readonly List<Told> _told = [];
    private readonly byte[] _digest;

    public Decisions()
        : this(new byte[SHA256.HashSizeInBytes])
    {
    }

    private Decisions(byte[] digest) => _digest = digest;

    /// <summary>Made since the last <see cref="Take"/>, in order.</summary>
    public IReadOnlyList<AlertTransition> Made => _made;

    /// <summary>SHA-256 over the digest before and the JSON of the decision, from zeroes.</summary>
    public ReadOnlyMemory<byte> Digest => _digest.ToArray();

    /// <summary>Goes on after the decisions of that digest.</summary>
    /// <exception cref="StateFormatException">It is none.</exception>
    public static Decisions After(ReadOnlySpan<byte> digest) =>
        digest.Length == SHA256.HashSizeInBytes ? new Decisions(digest.ToArray()) : throw new StateFormatException("it has no digest of decisions");

    /// <summary>Something of the past that people are told of now, for nothing mutes it any more.</summary>
    /// <param name="After">How many decisions were made before it.</param>
    public readonly record struct Told(int After, AlertTransition Transition);

    public void Decide(AlertTransition transition)
    {
        _made.Add(transition);
        Digested(transition, transition.WithheldBy);
    }

    public void Deliver(AlertTransition transition)
    {
        _told.Add(new Told(_made.Count, transition));
        Digested(transition, "");
    }

    // Who is told is decided as well: what was withheld, and what is told after all, leaves its mark.
    private void Digested(AlertTransition transition, string? withheld)
    {
        _text.ResetWrittenCount();
        _text.Write(_digest);
        using (var json = new Utf8JsonWriter(_text)) TransitionJson.Write(json, transition);
        if (withheld is not null) _text.Write(System.Text.Encoding.UTF8.GetBytes($"|{withheld}"));
        SHA256.HashData(_text.WrittenSpan, _digest);
    }

    /// <summary>Drops what was made since the last <see cref="Take"/>; the digest keeps it.</summary>
    public void Forget()
    {
        _made.Clear();
        _told.Clear();
    }

    /// <summary>Hands over what was made since the last call.</summary>
    public (IReadOnlyList<AlertTransition> Made, IReadOnlyList<Told> ToTell) Take()
    {
        (AlertTransition[] made, Told[] told) = ([.. _made], [.. _told]);
        Forget();
        return (made, told);
    }
}
