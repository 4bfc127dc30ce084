using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Documents;

/// <summary>One item of a file as a value of its own.</summary>
/// <param name="Line">As in <see cref="DocumentItem.Line"/>.</param>
/// <param name="Start">Offset of the first byte in the file.</param>
/// <param name="End">Offset behind the last byte: where reading is taken up again.</param>
public abstract record DocumentEntry(long Line, long Start, long End)
{
    /// <param name="Vm">Member <c>vm</c> of the line; null when there is none.</param>
    /// <param name="Host">Member <c>host</c> of the line; null when there is none.</param>
    public sealed record Event(QmpEvent Value, string? Vm, string? Host, long Line, long Start, long End) : DocumentEntry(Line, Start, End);

    /// <param name="Column">Byte column of the fault, from 1.</param>
    /// <param name="Reason">What is wrong and what to do, for people.</param>
    /// <param name="Bytes">Exactly what the file holds, cut to 64 KiB.</param>
    public sealed record Garbage(long Line, long Column, string Reason, ReadOnlyMemory<byte> Bytes, long Start, long End)
        : DocumentEntry(Line, Start, End);

    /// <param name="Kind">What it is to QMP.</param>
    public sealed record Skipped(MessageKind Kind, long Line, long Start, long End) : DocumentEntry(Line, Start, End);
}
