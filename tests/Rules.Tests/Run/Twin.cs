using System.Text;
using System.Text.Json;
using Qualm.Model;
using Qualm.Projections;

namespace Qualm.Rules.Tests.Run;

/// <summary>
/// A session beside another one over the same fleet, fed with the same, that is written down and taken up again every
/// now and then. Both must decide alike, word by word, and come to the same bytes.
/// </summary>
internal sealed class Twin(Fleet fleet) : IDecisionSink
{
    private readonly List<string> _decisions = [];
    private RuleSession? _session;
    private int _until;
    private int _pause;

    /// <summary>What the other one has done is not known: the twin begins again.</summary>
    public void Lose() => _session = null;

    /// <summary>There is none from now on.</summary>
    public void Leave() => (_session, _until, _pause) = (null, int.MaxValue, int.MaxValue);

    public bool IsThere => _session is not null;

    /// <summary>Before every input to the other one.</summary>
    /// <param name="other">As it is after the input before.</param>
    public void Keep(RuleSession other)
    {
        if (other.HasWarmings)
        {
            _session = null;
            return;
        }

        if (_pause == int.MaxValue || (_session is not null && --_until > 0)) return;
        var bytes = Saved(other);
        if (_session is not null) Saved(_session).AsSpan().SequenceEqual(bytes).ShouldBeTrue("the bytes differ");
        _session = Again(other.Set, bytes);
        _until = _pause += 2;
    }

    public void AdvanceTo(Instant stamp) => _session?.AdvanceTo(stamp, this);

    public void Process(in EventView e) => _session?.Process(e, this);

    /// <summary>After every input.</summary>
    /// <param name="decided">By the other one, upon it.</param>
    public void Compare(IEnumerable<string> decided)
    {
        if (_session is not null) _decisions.ShouldBe(decided);
        _decisions.Clear();
    }

    public void Decide(AlertTransition transition) => _decisions.Add(Whole(transition));

    public void Deliver(AlertTransition transition) => _decisions.Add("told " + Whole(transition));

    /// <summary>A session as this one is, from its bytes.</summary>
    public RuleSession Again(RuleSet set, byte[] bytes) => RuleSession.Restore(set, Reader(bytes), fleet.VmAt, fleet.HostAt);

    /// <summary>Two sessions are the same to the byte, and to those who look at them.</summary>
    public static void Same(RuleSession one, RuleSession other)
    {
        one.Counters.ShouldBe(other.Counters);
        one.Pending.Select(Text).ShouldBe(other.Pending.Select(Text));
        Saved(one).AsSpan().SequenceEqual(Saved(other)).ShouldBeTrue("the bytes differ");
    }

    public static byte[] Saved(RuleSession session)
    {
        var writer = new StateWriter();
        session.Save(writer);
        return [.. writer.Pieces.SelectMany(piece => piece.ToArray())];
    }

    public static StateReader Reader(byte[] bytes) => new([bytes]);

    /// <summary>All of a decision.</summary>
    public static string Whole(AlertTransition transition)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) TransitionJson.Write(json, transition);
        return $"{Encoding.UTF8.GetString(stream.ToArray())} {string.Join(',', transition.Receivers)} {string.Join(',', transition.Annotations)} {string.Join(',', transition.Labels)} {transition.Silent} {transition.WithheldBy} {transition.RunbookUrl}";
    }

    private static string Text(PendingDeadline deadline) => $"{deadline.Due} {deadline.Rule} {string.Join(',', deadline.Key.Select(k => k.ToString()))}";
}
