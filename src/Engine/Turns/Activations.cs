using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Reading;

namespace Qualm.Engine.Turns;

/// <summary>
/// The activations of a log, in order, known before the log is read: rules that take over must be fed from before their
/// activation on, and one pass over the log then does for all of them what was done when they were recorded.
/// </summary>
internal sealed class Activations
{
    private readonly List<StampedInput.Activation> _all = [];

    /// <summary>The set that runs at the end of the log; null before the first.</summary>
    public RuleSetText? Active => _all.Count > 0 ? _all[^1].Rules : null;

    /// <param name="upTo">Position of the last input; null for the end of the log.</param>
    public static async Task<Activations> ReadAsync(LogReader reader, Position? upTo, CancellationToken cancellationToken)
    {
        var found = new Activations();
        var query = new LogQuery { Kinds = LogKinds.Engine, UpTo = upTo };
        await foreach (var batch in reader.ReadStreamAsync(StreamName.Engine, 1, query, cancellationToken))
        {
            foreach (ref readonly var row in batch.Rows)
            {
                if (row.Type == EngineEvents.RulesActivated) found.Add(EngineEvents.ReadActivation(row.Data, row.Recorded));
            }
        }

        return found;
    }

    /// <param name="activation">Follows all others. Its stamp need not be known yet.</param>
    public void Add(StampedInput.Activation activation) => _all.Add(activation);

    /// <summary>Has a timeline that begins where the log does expect them all.</summary>
    /// <param name="compile">Compiles a recorded set.</param>
    public void ForeseeOn(Timeline timeline, Func<RuleSetText, RuleSet> compile)
    {
        RuleSetText? before = null;
        foreach (var activation in _all)
        {
            var was = before;
            if (activation.WarmedFrom is not null)
            {
                timeline.Expect(activation, () => new RuleWarming(was is null ? Configuration.CompiledRules.None : compile(was), compile(activation.Rules)));
            }

            before = activation.Rules;
        }
    }
}
