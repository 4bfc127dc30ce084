using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

// Events that would have ended an episode and found none open. One of them may have overtaken the event that opens
// it, or have come before the opening had settled: then it ends that episode after all.
internal abstract partial class RuleRunner
{
    /// <summary>At most so many are remembered of one key, the newest.</summary>
    private const int MaxEnders = 16;

    private EntryPool _enders;

    // By the parts of the key that they name, for endings that name but some; the word of a list in the same pool.
    private Dictionary<string, long> _partialEnders = new(StringComparer.Ordinal);

    private int _partialRoom = 64;

    /// <summary>Takes an event of <c>resolve</c> that names but a part of the key.</summary>
    public void TakePartialEnder(int role, ImmutableArray<KeyPart> parts, in EventView e)
    {
        if (Rule.Resolve.Alternatives[role - ResolveRole].When is not null) return;
        if (_partialEnders.Count >= _partialRoom) ForgetPartialEnders();
        ref var word = ref CollectionsMarshal.GetValueRefOrAddDefault(_partialEnders, Text(parts), out _);
        RememberEnder(ref word, role - ResolveRole, e);
    }

    private void TakeEnders(RuleRunner from)
    {
        (_enders, _partialEnders) = (from._enders, from._partialEnders);
        _enders.SweptBy(SweepEnders);
    }

    private void RememberEnder(ref long word, int alternative, in EventView e)
    {
        // The pool may sweep while it makes room: what is stale must be gone from this list before, and the list be short.
        var list = new EntryList(_enders, ref word);
        if (RemoveStale(list) == MaxEnders) list.Remove(list.Head);
        list.Insert(e.At.Micros, e.Stamp.Micros, e.Position.Value, e.Weight, alternative);
    }

    // What ends the episode of itself ends it; what is but one of several conditions is met.
    private void MeetEarlierEnders(int slot, Episode episode)
    {
        if (!Rule.Resolve.Alternatives.Any(a => a is { On: not null, When: null })) return;
        var end = MeetEarlier(new EntryList(_enders, ref State(slot)[EndersWord]), episode, EntryPool.None);
        if (_partialEnders.Count > 0)
        {
            foreach (var key in Rule.Resolve.Alternatives.Where(a => a is { When: null, On.Key.Complete: false }).Select(a => a.On!.Key).DistinctBy(k => k.Identity))
            {
                ref var word = ref CollectionsMarshal.GetValueRefOrNullRef(_partialEnders, Text(Some(episode.Key, key)));
                if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref word)) end = MeetEarlier(new EntryList(_enders, ref word), episode, end);
            }
        }

        if (end == EntryPool.None) return;
        var (ender, role) = (_enders[end], (int)_enders[end].Value + ResolveRole);
        if (MustWait(slot, episode, role, new Instant(ender.At))) episode.Held.Add((role, Run.Retained.Take(RetainedEvent.ViewOf(ender, Keys.Vm(slot), Keys.Host(slot)), ender.Value)));
        else End(slot, episode, new Instant(ender.At), "event", [ender.Position]);
    }

    // The first that would end the episode by itself.
    private int MeetEarlier(EntryList list, Episode episode, int end)
    {
        for (var index = list.Head; index != EntryPool.None; index = _enders[index].Next)
        {
            ref var ender = ref _enders[index];
            if (IsStaleEnder(index) || ender.At < episode.OpenedAt.Micros || (ender.At == episode.OpenedAt.Micros && ender.Position <= episode.LastPosition)) continue;
            var alternative = Rule.Resolve.Alternatives[(int)ender.Value];
            if (alternative.IsEvent && alternative.For > TimeSpan.Zero)
            {
                episode.EndingOf((int)ender.Value).Add(new Ending.Moment(ender.At, ender.Stamp, ender.Position));
            }
            else if (alternative.IsEvent)
            {
                if (end == EntryPool.None || ender.At < _enders[end].At) end = index;
            }
            else
            {
                episode.Meet((int)ender.Value, ender.At);
            }
        }

        return end;
    }

    private bool HasFreshEnders(int slot)
    {
        for (var index = new EntryList(_enders, ref State(slot)[EndersWord]).Head; index != EntryPool.None; index = _enders[index].Next)
        {
            if (!IsStaleEnder(index)) return true;
        }

        return false;
    }

    private bool IsStaleEnder(int index) => _enders[index].Stamp + RunContext.Slack <= Run.Now.Micros;

    private void SweepEnders()
    {
        for (var slot = 0; slot < StateBound; slot++)
        {
            if (HasState(slot)) RemoveStale(new EntryList(_enders, ref State(slot)[EndersWord]));
        }

        // In an order of their own: which places are free, and in which order, hangs on nothing that came before.
        foreach (var key in _partialEnders.Keys.Order(StringComparer.Ordinal)) RemoveStale(new EntryList(_enders, ref CollectionsMarshal.GetValueRefOrNullRef(_partialEnders, key)));
    }

    private void ForgetPartialEnders()
    {
        SweepEnders();
        foreach (var key in _partialEnders.Where(p => p.Value == 0).Select(p => p.Key).ToArray()) _partialEnders.Remove(key);
        _partialRoom = Math.Max(64, _partialEnders.Count * 2);
    }

    // How many are left.
    private int RemoveStale(EntryList list)
    {
        var left = 0;
        for (var index = list.Head; index != EntryPool.None;)
        {
            var next = _enders[index].Next;
            if (IsStaleEnder(index)) list.Remove(index);
            else left++;
            index = next;
        }

        return left;
    }

    private static IEnumerable<KeyPart> Some(ImmutableArray<KeyPart> whole, BoundKey key) => key.Parts.Select(p => whole.First(w => w.Name == p.Name));

    private static string Text(IEnumerable<KeyPart> parts) => string.Join('\0', parts.Select(p => $"{p.Name}={(p.IsText ? '"' : '#')}{p.Value}"));
}
