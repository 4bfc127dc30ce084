using System.Text;

namespace Qualm.Acceptance.Tests.Campaign.Rules;

/// <summary>A rule that is being written, key by key. A key that is there is not written again.</summary>
internal sealed class RuleText(string kind, string name)
{
    private readonly StringBuilder _text = new($"  - {kind}: {name}\n");
    private readonly HashSet<string> _keys = [];

    public string Text => _text.ToString();

    private bool IsAlert => kind == "alert";

    public RuleText Add(string key, string value)
    {
        if (_keys.Add(key)) _text.Append("    ").Append(key).Append(": ").Append(value).Append('\n');
        return this;
    }

    public RuleText On(EventKind e) => Add("on", e.Name);

    /// <summary>Of all such events or only of some.</summary>
    public RuleText On(EventKind e, Dice d) => d.Chance(30) && e.Wheres.Length > 0 ? On(e).Add("where", $"'{d.Of(e.Wheres).Trim()}'") : On(e);

    public RuleText By(EventKind e, Dice d) => e.Part is { } part && d.Chance(50) ? Add("by", $"[vm.id, {part}]") : d.Chance(12) ? Add("by", "[vm.host]") : this;

    /// <summary>For what happens at an instant.</summary>
    public RuleText Point(Dice d) => Add("resolve", d.Of("[ { quiet: 2s } ]", "[ { quiet: 4s } ]", "[ { on: RESET } ]", "[ { on: RESUME, for: 2s } ]", "[ { on: [STOP, RESUME] } ]", "[ { quiet: 3s }, { on: RESET } ]", "never")).Rest(d);

    /// <summary>For what adds up over a time.</summary>
    public RuleText Window(Dice d) => Add("within", $"{d.Between(2, 7)}s").Hold(d).Common(d);

    public RuleText Panes(Dice d) => d.Chance(50)
        ? Add("within", $"{d.Between(2, 5)}s").Add("window", "tumbling").Common(d)
        : Add("window", "session").Add("gap", $"{d.Between(1, 2)}s").Common(d);

    public RuleText Hold(Dice d) => d.Chance(25) ? Add("for", $"{d.Between(1, 3)}s") : this;

    public RuleText Skip(Dice d) => d.Chance(50) ? Add("skip", d.Of("past_last", "next", "none")) : this;

    /// <param name="value">What the steps look at.</param>
    public RuleText Ladder(string value, EventKind e, Dice d)
    {
        if (!IsAlert || d.Chance(50)) return this;
        var (second, third) = e.IsLimited ? (2, 3) : (4, d.Between(6, 12));
        return Add("severity", $"{{ warning: \"{value} >= 1\", error: \"{value} >= {second}\", critical: \"{value} >= {third}\" }}");
    }

    /// <summary>Pages again and again.</summary>
    public RuleText Again(Dice d) => IsAlert ? Add("renotify", $"{d.Between(2, 4)}s") : this;

    /// <summary>An ending other than the usual one, now and then; and the rest.</summary>
    public RuleText Common(Dice d)
    {
        if (IsAlert && d.Chance(25)) Add("resolve", d.Of("[ { quiet: 3s } ]", "[ { on: RESET } ]", "[ { on: RESET, for: 1s }, { quiet: 6s } ]"));
        return Rest(d);
    }

    public RuleText Rest(Dice d)
    {
        if (d.Chance(15)) Add("on_gap", d.Of("unknown", "fire", "ignore"));
        if (d.Chance(20)) Add("lateness", d.Of("1500ms", "3s"));
        if (!IsAlert) return this;
        if (d.Chance(25)) Add("cooldown", $"{d.Between(2, 8)}s");
        if (d.Chance(15)) Add("renotify", $"{d.Between(2, 5)}s");
        if (d.Chance(8)) Add("mode", "shadow");
        Add("annotations", "{ summary: \"{{ key }}\" }");
        return Add(
            "actions",
            d.Of(
                "[page]",
                "[page]",
                "[page, page-virt]",
                "{ firing: [page], resolved: [page, page-storage], severity: [page], acknowledged: [page], unknown: [page] }",
                "{ firing: [page], resolved: [page], unacknowledged: { after: 2s, to: [page-storage] } }"));
    }
}
