using Qualm.Model;
using Qualm.Rules.Network;
using Qualm.Rules.Run;

namespace Qualm.Rules;

// The memory that events to come will touch is fetched on the way to it: one step for all of a batch, then the next.
public sealed partial class RuleSession
{
    /// <summary>How often <see cref="Approach"/> is to be called for an event.</summary>
    public const int AheadSteps = 3;

    private const int NoKey = -1;

    // By place and key: its hash, later its slot.
    private readonly int[] _ahead = new int[Ahead.Batch * EventPlan.MostKeysAhead];

    /// <summary>Begins to fetch what rules remember for an event to come; see <see cref="Ahead"/>. Decides nothing.</summary>
    /// <param name="place">Of the event in its batch, below <see cref="Ahead.Batch"/>.</param>
    /// <param name="e">Only kind, data and VM are asked for.</param>
    public void LookAhead(int place, in EventView e)
    {
        var plan = Set.Network.For(e.Schema);
        foreach (var log in plan.LogsOfVms) _logs[log].Foresee(e.Vm!.Index);
        var keys = plan.KeysAhead;
        for (var i = 0; i < keys.Length; i++)
        {
            var reading = new KeyReading(_keyBuffer);
            KeyAt(place, i) = KeyReader.TryRead(keys[i].Key, e, ref reading) ? Table(keys[i]).Foresee(reading.Bytes) : NoKey;
        }
    }

    /// <summary>Goes on for an event that <see cref="LookAhead"/> was told of. What one step fetches must be there before the next.</summary>
    /// <param name="step">From 0.</param>
    public void Approach(int place, EventSchema? schema, VmState vm, int step)
    {
        var plan = Set.Network.For(schema);
        if (step < 2)
        {
            foreach (var log in plan.LogsOfVms) Fetch(_logs[log], vm.Index, next: step == 1);
        }

        var keys = plan.KeysAhead;
        for (var i = 0; i < keys.Length; i++)
        {
            ref var known = ref KeyAt(place, i);
            if (step == 0 && known != NoKey) known = Table(keys[i]).Fetch(known);
            if (known == NoKey) continue;
            foreach (var log in keys[i].Logs)
            {
                if (step == 0) _logs[log].Foresee(known);
                else Fetch(_logs[log], known, next: step == 2);
            }
        }
    }

    private static void Fetch(EventLog log, int slot, bool next)
    {
        if (next) log.FetchNext(slot);
        else log.FetchHead(slot);
    }

    private ref int KeyAt(int place, int key) => ref _ahead[(place * EventPlan.MostKeysAhead) + key];

    private HashKeyTable Table(KeyAhead key) => (HashKeyTable)_tables[key.Table];
}
