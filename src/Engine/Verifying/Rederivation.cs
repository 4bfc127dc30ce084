using System.Text.Json;
using Qualm.Engine.Configuration;
using Qualm.Engine.Hosting;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Chain;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Engine.Verifying;

/// <summary>
/// Derives every decision and every picture of the fleet anew, from the first event on and never from a snapshot, under the rule sets that were
/// active then, and holds them against what was recorded and published.
/// </summary>
/// <param name="found">Told of everything that differs.</param>
internal sealed class Rederivation(StoreHost store, Action<Finding> found)
{
    private const string EngineStarted = "engine_started";

    private readonly Decisions _decisions = new();
    private readonly DecisionComparison _comparison = new();
    private readonly List<string> _refused = [];
    private readonly Dictionary<(bool, string), PublishedDocument> _documents = [];
    private string? _engine;

    /// <summary>Inputs that were judged again.</summary>
    public long Inputs { get; private set; }

    /// <summary>Decisions that are those recorded.</summary>
    public long Decisions => _comparison.Same;

    /// <summary>Read models that were compared.</summary>
    public long Models { get; private set; }

    /// <summary>Over all decisions derived.</summary>
    public ReadOnlyMemory<byte> Digest => _decisions.Digest;

    /// <param name="reached">Told now and then which position of which was reached.</param>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task RunAsync(Action<Position, Position> reached, CancellationToken cancellationToken)
    {
        // In this order: what was published before the progress was read is not newer than it.
        var models = await PublishedModels.ReadAsync(store, cancellationToken);
        var progress = await new ProgressReader(store).ReadAsync(cancellationToken);
        var reader = new LogReader(store);
        var timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(CompiledRules.None), new PublishedSet());
        try
        {
            var activations = await Activations.ReadAsync(reader, progress.Position, cancellationToken);
            activations.ForeseeOn(timeline, Compile);
            var history = new History(timeline, _decisions, Compile);
            var read = Position.None;
            foreach (var published in models)
            {
                if (published.Checkpoint.Position > progress.Position)
                {
                    found(new Finding(FindingKind.ReadModel, $"read models are published up to position {published.Checkpoint.Position}, and the log goes to {progress.Position}") { Position = published.Checkpoint.Position });
                    continue;
                }

                await FeedAsync(published.Checkpoint.Position);
                foreach (var document in timeline.Changes!.Take()) _documents[(document.IsHost, document.Id)] = document;
                published.Check(_documents, found);
                Models += published.Count;
            }

            _documents.Clear();
            await FeedAsync(progress.Position);
            timeline.AdvanceTo(progress.Clock, _decisions);
            Compare();
            _comparison.End();
            Judge(progress);

            async Task FeedAsync(Position upTo)
            {
                if (upTo <= read) return;
                var query = new LogQuery { Kinds = LogKinds.Live | LogKinds.Engine | LogKinds.Decision, After = read, UpTo = upTo };
                await foreach (var batch in reader.ReadAsync(query, cancellationToken))
                {
                    Note(batch);
                    history.Feed(batch);
                    Compare();
                    reached(batch.Rows[^1].Position, progress.Position);
                }

                read = upTo;
            }
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            // An event that was altered may be anything.
            found(new Finding(FindingKind.Underivable, $"the record cannot be judged again behind this position: {fault.Message}") { Position = timeline.Position });
        }
    }

    private void Note(LogBatch batch)
    {
        foreach (ref readonly var row in batch.Rows)
        {
            if (row.Headers.Kind == RowKind.Decision) _comparison.Add(RecordedDecision.Of(row));
            else Inputs++;
            if (row.Type == EngineStarted && _comparison.Difference is null) _engine = VersionOf(row.Data.Span);
        }
    }

    private void Compare()
    {
        foreach (var made in _decisions.Take().Made) _comparison.Add(made);
        _comparison.Advance();
    }

    private void Judge(Progress progress)
    {
        var agrees = progress.Digest.IsEmpty || progress.Digest.Span.SequenceEqual(_decisions.Digest.Span);
        if (_comparison.Difference is { } difference) found(difference with { Text = difference.Text + Why(agrees) });
        else if (!agrees)
            found(new Finding(FindingKind.Decision, $"the running digest of decisions is {Hex(progress.Digest)}, derived {Hex(_decisions.Digest)}, though every decision is as it was recorded: what was told, or the progress, differs{Why(agrees)}"));
    }

    private string Why(bool agrees)
    {
        if (agrees) return " (the running digest is the one derived: the record was changed after the decision)";
        if (_refused.Count > 0) return $" (this version does not understand rule set {string.Join(", ", _refused)}, which was active)";
        if (_engine is { } version && version != QualmService.Version) return $" (it was decided by version {version}, this is {QualmService.Version})";
        return " (the running digest is another as well: events or activations before it were changed, or the engine decides otherwise)";
    }

    private RuleSet Compile(RuleSetText text) => CompiledRules.Recorded(text, refused =>
    {
        if (!_refused.Contains(refused.Digest[..12])) _refused.Add(refused.Digest[..12]);
    });

    private static string? VersionOf(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        using var json = JsonDocument.ParseValue(ref reader);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.String ? version.GetString() : null;
    }

    private static string Hex(ReadOnlyMemory<byte> digest) => digest.IsEmpty ? "empty" : Convert.ToHexStringLower(digest.Span)[..Math.Min(12, digest.Length * 2)];
}
