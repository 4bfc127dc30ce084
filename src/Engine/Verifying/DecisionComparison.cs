using System.Text;
using System.Text.Json;
using Qualm.Engine.Turns;
using Qualm.Model;
using Qualm.Store.Chain;
using Qualm.Store.Writing;

namespace Qualm.Engine.Verifying;

/// <summary>
/// Holds decisions as they are made again against those recorded, both in the order of decision, up to the first that differs. Either side may be
/// ahead: what is due between two inputs is recorded before the second and made again with it.
/// </summary>
internal sealed class DecisionComparison
{
    private const int MostText = 600;

    private readonly JsonComparer _json = new();
    private readonly Queue<RecordedDecision> _recorded = new();
    private readonly Queue<AlertTransition> _made = new();

    /// <summary>Decisions that were the same.</summary>
    public long Same { get; private set; }

    /// <summary>The first difference; null while there is none. Nothing is compared after it.</summary>
    public Finding? Difference { get; private set; }

    public void Add(RecordedDecision recorded)
    {
        if (Difference is null) _recorded.Enqueue(recorded);
    }

    public void Add(AlertTransition made)
    {
        if (Difference is null) _made.Enqueue(made);
    }

    /// <summary>Compares what is there on both sides.</summary>
    public void Advance()
    {
        while (Difference is null && _recorded.Count > 0 && _made.Count > 0)
        {
            if (AreEqual(_recorded.Peek(), _made.Peek()))
            {
                _recorded.Dequeue();
                _made.Dequeue();
                Same++;
                continue;
            }

            Difference = Explain();
        }
    }

    /// <summary>Nothing follows on either side.</summary>
    public void End()
    {
        Advance();
        if (Difference is not null) return;
        if (_recorded.TryPeek(out var recorded)) Difference = Extra(recorded);
        else if (_made.TryPeek(out var made)) Difference = Lacking(made, null);
    }

    private Finding Explain()
    {
        var (recorded, made) = (_recorded.Peek(), _made.Peek());
        if (_made.Skip(1).Any(m => AreEqual(recorded, m))) return Lacking(made, recorded.Position);
        if (_recorded.Skip(1).Any(r => AreEqual(r, made))) return Extra(recorded);
        return new Finding(FindingKind.Decision, $"the decision recorded is not the one that the record leads to. {Parts(recorded, Rows.Of(made))}Recorded: {Text(recorded.Json)} Derived: {Text(Rows.Of(made).Data.Span)}")
        {
            Position = recorded.Position,
            Stream = recorded.Stream,
        };
    }

    private static Finding Extra(RecordedDecision recorded) =>
        new(FindingKind.Decision, $"a decision is recorded that the record does not lead to: {Text(recorded.Json)}") { Position = recorded.Position, Stream = recorded.Stream };

    private static Finding Lacking(AlertTransition made, Position? before)
    {
        var row = Rows.Of(made);
        var where = before is { } position ? $", before position {position}" : " at its end";
        return new Finding(FindingKind.Decision, $"the record leads to a decision that is not in it{where}: {Text(row.Data.Span)}") { Position = before, Stream = row.Stream };
    }

    private bool AreEqual(RecordedDecision recorded, AlertTransition made)
    {
        var row = Rows.Of(made);
        return recorded.Id == row.Id && recorded.Stream == StoredText.Stream(row.Stream) && recorded.Type == row.Type && recorded.Recorded == row.Recorded
            && recorded.At == row.Headers.At && _json.AreEqual(recorded.Json, row.Data.Span);
    }

    private string Parts(RecordedDecision recorded, AppendRow made)
    {
        var parts = new List<string>();
        if (recorded.Id != made.Id) parts.Add("id");
        if (recorded.Stream != StoredText.Stream(made.Stream)) parts.Add("stream");
        if (recorded.Type != made.Type) parts.Add("type");
        if (recorded.Recorded != made.Recorded) parts.Add("timestamp");
        if (recorded.At != made.Headers.At) parts.Add("headers.at");
        parts.AddRange(Members(recorded.Json, made.Data.ToArray()).Select(m => $"data.{m}"));
        return parts.Count == 0 ? "" : $"They differ in {string.Join(", ", parts)}. ";
    }

    private IEnumerable<string> Members(byte[] recorded, byte[] made)
    {
        var (one, other) = (Read(recorded), Read(made));
        foreach (var name in one.Keys.Union(other.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (!one.TryGetValue(name, out var a) || !other.TryGetValue(name, out var b) || !_json.AreEqual(a, b)) yield return name;
        }
    }

    private static Dictionary<string, byte[]> Read(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return [];
        var members = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject()) members[member.Name] = Encoding.UTF8.GetBytes(member.Value.GetRawText());
        return members;
    }

    private static string Text(ReadOnlySpan<byte> json)
    {
        var text = Encoding.UTF8.GetString(json);
        return text.Length <= MostText ? text : string.Concat(text.AsSpan(0, MostText), "…");
    }
}
