using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing.Reading;

/// <summary>Reads the <c>events</c> of a test, a line each: <c>+0s vm-1 EVENT {json} x3 every 2s</c>, or <c>+80s vm-1 @GAP 5s</c>.</summary>
internal sealed class EventLineReader(EventCatalogue catalogue, ImmutableArray<RuleTestVm> fleet, DiagnosticBag bag)
{
    /// <summary>Inputs one line may stand for.</summary>
    private const int MaxTimes = 100_000;

    private const string Form = "write it as in +0s vm-1 EVENT {\"member\":1} x3 every 2s";

    private readonly List<RuleTestInput> _inputs = [];

    /// <returns>By offset; those of one offset in the order in which they are written.</returns>
    public ImmutableArray<RuleTestInput> Read(ImmutableArray<Scalar> texts)
    {
        foreach (var text in texts)
        {
            var start = 0;
            foreach (var line in text.Value.Split('\n'))
            {
                if (line.AsSpan().Trim() is { Length: > 0 } trimmed && trimmed[0] != '#') ReadLine(new Line(text, line, start));
                start += line.Length + 1;
            }
        }

        return [.. _inputs.OrderBy(i => i.Offset)];
    }

    private void ReadLine(Line line)
    {
        var (time, vm, name) = (line.Word(), line.Word(), line.Word());
        if (name.Length == 0)
        {
            bag.Error(TestCodes.BadEventLine, line.Whole, "an event needs an offset, a VM and a name", Form);
            return;
        }

        if (!time.Text.StartsWith('+') || !Durations.TryParse(time.Text[1..], out var offset))
        {
            bag.Error(TestCodes.BadEventLine, line.Span(time), $"'{time.Text}' is not an offset from the start", "write it as in +1h2m3s500ms");
            return;
        }

        if (!fleet.IsEmpty && fleet.All(v => v.Id != vm.Text))
        {
            bag.Warning(TestCodes.UnknownVm, line.Span(vm), $"VM '{vm.Text}' is not in the fleet",
                Suggestion.For(vm.Text, fleet.Select(v => v.Id)) ?? "add it to 'fleet', or take 'fleet' out");
        }

        if (name.Text == "@GAP") ReadGap(line, offset, vm.Text);
        else ReadEvent(line, offset, vm.Text, name);
    }

    private void ReadEvent(Line line, TimeSpan offset, string vm, Word name)
    {
        var known = catalogue.Find(name.Text) is not null;
        if (!known)
        {
            bag.Error(TestCodes.UnknownEvent, line.Span(name), $"unknown event '{name.Text}'",
                Suggestion.For(name.Text, catalogue.Events.Select(e => e.Name).Append("@GAP")));
        }

        if (ReadData(line) is not { } data || ReadTimes(line) is not { } times || !AtEnd(line) || !known) return;
        for (var i = 0; i < times.Count; i++) _inputs.Add(new RuleTestInput(offset + (times.Every * i), vm, name.Text, data, line.Whole));
    }

    // A lost monitor is three inputs: that it was lost, that it is back, and what was found then.
    private void ReadGap(Line line, TimeSpan offset, string vm)
    {
        var length = line.Word();
        if (!Durations.TryParse(length.Text, out var gap) || gap <= TimeSpan.Zero)
        {
            bag.Error(TestCodes.BadEventLine, length.Length == 0 ? line.Whole : line.Span(length), "@GAP needs how long the monitor is lost", "write it as in +80s vm-1 @GAP 5s");
            return;
        }

        if (ReadData(line) is not { } state || !AtEnd(line)) return;
        _inputs.Add(new RuleTestInput(offset, vm, "MONITOR_LOST", """{"source":"test","reason":"gap"}""", line.Whole));
        _inputs.Add(new RuleTestInput(offset + gap, vm, "MONITOR_CONNECTED", """{"source":"test","epoch":2}""", line.Whole));
        _inputs.Add(new RuleTestInput(offset + gap, vm, "STATE_RESYNCED", state.Length == 0 ? null : state, line.Whole));
    }

    /// <returns>Empty when there is none, null when it is wrong.</returns>
    private string? ReadData(Line line)
    {
        if (line.Next != '{') return "";
        var rest = line.Rest;
        var bytes = Encoding.UTF8.GetBytes(rest);
        var reader = new Utf8JsonReader(bytes);
        try
        {
            reader.Read();
            reader.Skip();
        }
        catch (JsonException e)
        {
            var at = Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)Math.Min(bytes.Length, e.BytePositionInLine ?? 0)));
            bag.Error(TestCodes.BadData, line.SpanAt(at, 1), "the data is not JSON", "members and texts are in double quotes: {\"type\":\"read\"}");
            return null;
        }

        return line.Take(Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.BytesConsumed)));
    }

    private (int Count, TimeSpan Every)? ReadTimes(Line line)
    {
        if (line.Next != 'x') return (1, TimeSpan.Zero);
        var times = line.Word();
        if (!int.TryParse(times.Text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > MaxTimes)
        {
            bag.Error(TestCodes.BadNumber, line.Span(times), $"'{times.Text}' does not say how often", $"write x1 to x{MaxTimes}");
            return null;
        }

        if (line.Next != 'e') return (count, TimeSpan.Zero);
        var (every, length) = (line.Word(), line.Word());
        if (every.Text == "every" && Durations.TryParse(length.Text, out var gap)) return (count, gap);
        bag.Error(TestCodes.BadEventLine, line.Span(length.Length == 0 || every.Text != "every" ? every : length), "'every' needs a length of time", "write it as in x3 every 2s");
        return null;
    }

    private bool AtEnd(Line line)
    {
        var word = line.Word();
        if (word.Length == 0) return true;
        bag.Error(TestCodes.BadEventLine, line.Span(word), $"'{word.Text}' is not expected here", Form);
        return false;
    }

    private readonly record struct Word(string Text, int Start)
    {
        public int Length => Text.Length;
    }

    /// <summary>One line, taken word by word.</summary>
    private sealed class Line(Scalar scalar, string text, int start)
    {
        private int _at;

        public SourceSpan Whole
        {
            get
            {
                var first = text.Length - text.TrimStart().Length;
                return scalar.At(start + first, text.Trim().Length);
            }
        }

        public char Next
        {
            get
            {
                SkipBlanks();
                return _at < text.Length ? text[_at] : '\0';
            }
        }

        public string Rest => text[_at..];

        public Word Word()
        {
            SkipBlanks();
            var from = _at;
            while (_at < text.Length && !char.IsWhiteSpace(text[_at])) _at++;
            return new Word(text[from.._at], from);
        }

        public string Take(int length)
        {
            var taken = text.Substring(_at, length);
            _at += length;
            return taken;
        }

        public SourceSpan Span(Word word) => scalar.At(start + word.Start, Math.Max(1, word.Length));

        /// <param name="offset">From the start of <see cref="Rest"/>.</param>
        public SourceSpan SpanAt(int offset, int length) => scalar.At(start + Math.Min(_at + offset, Math.Max(0, text.Length - 1)), length);

        private void SkipBlanks()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        }
    }
}
