using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>One event to be appended. Its memory must stay as it is until the append has ended.</summary>
/// <param name="Stream">See <see cref="StreamName"/>. Any text; what PostgreSQL cannot hold is replaced, see <see cref="StoredText"/>.</param>
/// <param name="Type">The QMP event name in lower case, or a name of Qualm's own; 500 characters are kept.</param>
/// <param name="Data">UTF-8 JSON; empty stands for <c>{}</c>.</param>
/// <param name="Recorded">The stamp.</param>
/// <param name="Headers">Everything about the event that is not its content. <see cref="EventHeaders.HasRaw"/> is set by the writer.</param>
/// <param name="Raw">The bytes as received, kept beside the event; empty keeps none.</param>
/// <param name="DotnetType">CLR type for Marten's readers; null takes <see cref="DotnetTypes.Of"/>.</param>
public readonly record struct AppendRow(
    string Stream,
    Guid Id,
    string Type,
    ReadOnlyMemory<byte> Data,
    Instant Recorded,
    EventHeaders Headers,
    ReadOnlyMemory<byte> Raw = default,
    string? DotnetType = null,
    string? CorrelationId = null,
    string? CausationId = null);
