using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;

namespace Qualm.Rules.Tests.Run;

/// <summary>One session on a timeline that a test writes by hand, in milliseconds. Whatever the test is about, a twin beside it is saved and restored.</summary>
internal sealed class Timeline : IDecisionSink
{
    private readonly FleetFold _fold = new(QmpCatalogue.Instance);
    private readonly MemberSlot[] _slots = new MemberSlot[256];
    private readonly RuleSession _session;
    private readonly Twin _twin;
    private readonly List<string> _decided = [];
    private long _position;
    private long _stamp;

    public Timeline(RuleSet set) => (_session, _twin) = (new RuleSession(set), new Twin(Fleet));

    public Timeline(string rules)
        : this(Compile(rules))
    {
    }

    /// <summary>To be looked at, and to be done with as a test likes.</summary>
    public RuleSession Session
    {
        get
        {
            _twin.Lose();
            return _session;
        }
    }

    /// <summary>Without a twin: for tests that measure.</summary>
    public Timeline Alone()
    {
        _twin.Leave();
        return this;
    }

    public Fleet Fleet { get; } = new();

    public List<AlertTransition> Decisions { get; } = [];

    /// <summary>The decisions, a line each: transition, alert, key, event time, decision time, causes, reason.</summary>
    public IEnumerable<string> Lines => Decisions.Select(Line);

    public static RuleSet Compile(params string[] files)
    {
        var compiled = RuleSetCompiler.Compile(Text(files), QmpCatalogue.Instance);
        return compiled.Set ?? throw new InvalidOperationException(string.Join('\n', compiled.Diagnostics.Select(d => d.Render())));
    }

    public static RuleSetText Text(params string[] files) => RuleSetText.Of(files.Select((text, i) => new RuleSetText.File($"r{i}.yaml", text)));

    /// <summary>Rules in one group, without the ceremony.</summary>
    public static string Group(string rules) => "groups:\n- name: test\n  rules:\n" + string.Join('\n', rules.Trim('\n').Split('\n').Select(l => "  " + l)) + "\n";

    /// <summary>What was withheld and is told after all.</summary>
    public List<AlertTransition> Told { get; } = [];

    public Action<AlertTransition>? OnDecide { get; set; }

    public Action<AlertTransition>? OnDeliver { get; set; }

    public void Decide(AlertTransition transition)
    {
        Decisions.Add(transition);
        if (_twin.IsThere) _decided.Add(Twin.Whole(transition));
        OnDecide?.Invoke(transition);
    }

    public void Deliver(AlertTransition transition)
    {
        Told.Add(transition);
        if (_twin.IsThere) _decided.Add("told " + Twin.Whole(transition));
        OnDeliver?.Invoke(transition);
    }

    /// <param name="at">Event time.</param>
    /// <param name="stamp">Null: the event time, or the last stamp if that is later.</param>
    public Timeline Add(long at, string name, string vm = "vm-1", string data = "", long? stamp = null, long weight = 1, string? host = null, long? position = null)
    {
        _stamp = stamp ?? Math.Max(_stamp, at);
        var schema = QmpCatalogue.Instance.Find(name);
        var bytes = Encoding.UTF8.GetBytes(data);
        Array.Clear(_slots);
        if (schema is not null && bytes.Length > 0) EventDecoder.ReadSlots(schema, bytes, _slots);
        var state = Fleet.GetOrAddVm(vm);
        var view = new EventView
        {
            Schema = schema,
            Name = name,
            Data = bytes,
            Slots = _slots.AsSpan(0, schema?.SlotCount ?? 0),
            At = Ms(at),
            Stamp = Ms(_stamp),
            Position = new Position(position ?? ++_position),
            Weight = weight,
            Vm = state,
            Host = host is null ? state.Host : Fleet.GetOrAddHost(host),
            Source = "test",
        };
        _decided.Clear();
        _twin.Keep(_session);
        _session.AdvanceTo(view.Stamp, this);
        _twin.AdvanceTo(view.Stamp);
        _fold.Apply(view);
        _session.Process(view, this);
        _twin.Process(view);
        _twin.Compare(_decided);
        return this;
    }

    public Timeline Tick(long stamp)
    {
        _decided.Clear();
        _twin.Keep(_session);
        _session.AdvanceTo(Ms(stamp), this);
        _twin.AdvanceTo(Ms(stamp));
        _twin.Compare(_decided);
        return this;
    }

    public static Instant Ms(long milliseconds) => new(milliseconds * 1000);

    public static string Line(AlertTransition t) =>
        $"{TransitionJson.Name(t.Transition)} {t.Alert} [{string.Join(' ', t.Key.Select(k => k.Value))}] at {t.At.Micros / 1000} decided {t.DecidedAt.Micros / 1000} because {string.Join(',', t.Because)}{(t.Reason is null ? "" : " " + t.Reason)}";
}
