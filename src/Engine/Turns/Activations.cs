using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Reading;

namespace Qualm.Engine.Turns;

/// <summary>
/// The activations of a log, in order, known before the log is read: rules that take over must be fed from before their
/// activation on, and one pass over the log then does for all of them what was done when they were recorded.
/// </summary>
/// <param name="before">The set that ran before the first of them; null for none.</param>
internal sealed class Activations(RuleSetText? before = null)
{
    private readonly List<StampedInput.Activation> _all = [];

    /// <summary>The set that ran before the first of them; null for none.</summary>
    public RuleSetText? Before => before;

    /// <summary>The set that runs at the end of the log; null before the first.</summary>
    public RuleSetText? Active => _all.Count > 0 ? _all[^1].Rules : before;

    /// <summary>Where the first rules begin to be fed that take over later; null when all of them take over as they are.</summary>
    public Instant? WarmedFrom => _all.Min(activation => activation.WarmedFrom);

    /// <param name="upTo">Position of the last input; null for the end of the log.</param>
    public static Task<Activations> ReadAsync(LogReader reader, Position? upTo, CancellationToken cancellationToken) =>
        ReadAsync(reader, new Activations(), Position.None, upTo, cancellationToken);

    /// <summary>Those behind a place in the log.</summary>
    /// <param name="by">Position of the activation of the set that ran there.</param>
    /// <param name="digest">Of that set.</param>
    /// <param name="after">The place.</param>
    /// <param name="upTo">Position of the last input.</param>
    /// <returns>Null when the log holds no such activation there.</returns>
    public static async Task<Activations?> ReadAsync(LogReader reader, Position by, string digest, Position after, Position upTo, CancellationToken cancellationToken)
    {
        if (digest.Length == 0) return await ReadAsync(reader, new Activations(), after, upTo, cancellationToken);
        var found = await ReadAsync(reader, new Activations(), new Position(by.Value - 1), by, cancellationToken);
        if (found.Active is not { } active || active.Digest != digest) return null;
        return await ReadAsync(reader, new Activations(active), after, upTo, cancellationToken);
    }

    /// <param name="activation">Follows all others. Its stamp need not be known yet.</param>
    public void Add(StampedInput.Activation activation) => _all.Add(activation);

    /// <summary>Has a timeline that begins before the first of them expect them all.</summary>
    /// <param name="compile">Compiles a recorded set.</param>
    public void ForeseeOn(Timeline timeline, Func<RuleSetText, RuleSet> compile)
    {
        var running = before;
        foreach (var activation in _all)
        {
            var was = running;
            if (activation.WarmedFrom is not null)
            {
                timeline.Expect(activation, () => new RuleWarming(was is null ? Configuration.CompiledRules.None : compile(was), compile(activation.Rules)));
            }

            running = activation.Rules;
        }
    }

    private static async Task<Activations> ReadAsync(LogReader reader, Activations found, Position after, Position? upTo, CancellationToken cancellationToken)
    {
        var query = new LogQuery { Kinds = LogKinds.Engine, After = after, UpTo = upTo };
        await foreach (var batch in reader.ReadTypeAsync(StreamName.Engine, EngineEvents.RulesActivated, query, cancellationToken))
        {
            foreach (ref readonly var row in batch.Rows) found.Add(EngineEvents.ReadActivation(row.Data, row.Recorded));
        }

        return found;
    }
}
