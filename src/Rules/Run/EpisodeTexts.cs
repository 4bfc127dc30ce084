using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>What is said of one episode: the texts of its rule, filled in; or, of an episode that was told before, texts that are there already.</summary>
internal sealed class EpisodeTexts : DecisionTexts
{
    public static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private const string SummaryName = "summary";

    private string _alert = "";
    private ImmutableArray<KeyPart> _key = [];
    private Instant _at;

    // Annotations, then labels, of this rule; null where they are given. Those that are the same for every event are not here.
    private BoundRule? _rule;
    private char[] _text = [];
    private int _length;
    private int[] _ends = [];

    private string? _episode;
    private ImmutableSortedDictionary<string, string>? _annotations;
    private ImmutableSortedDictionary<string, string>? _labels;

    public override string Episode => _episode ??= AlertId.Episode(_alert, _key, _at);

    /// <summary>The episode's identity as a number.</summary>
    public UInt128 EpisodeNumber => AlertId.EpisodeNumber(_alert, _key, _at);

    public override string Summary => Annotations.GetValueOrDefault(SummaryName, _alert);

    public override ImmutableSortedDictionary<string, string> Annotations => _annotations ??= MakeAnnotations();

    public override ImmutableSortedDictionary<string, string> Labels => _labels ??= MakeLabels();

    /// <summary>The annotations, made for somebody who keeps them, not for this.</summary>
    public ImmutableSortedDictionary<string, string> MakeAnnotations() => _annotations ?? (_rule is null ? None : Made(_rule.Annotations, 0));

    /// <summary>The labels, made for somebody who keeps them, not for this.</summary>
    public ImmutableSortedDictionary<string, string> MakeLabels() => _labels ?? (_rule is null ? None : Made(_rule.Labels, _rule.Annotations.Length));

    /// <summary>Says whose texts these are.</summary>
    /// <param name="at">What the episode's identity is made of besides.</param>
    public void Identify(string alert, ImmutableArray<KeyPart> key, Instant at) => (_alert, _key, _at, _episode) = (alert, key, at, null);

    /// <summary>Takes what a rule says, put together one after the other.</summary>
    /// <param name="ends">Where each of its annotations, then labels, ends.</param>
    public void Take(BoundRule rule, ReadOnlySpan<char> text, ReadOnlySpan<int> ends)
    {
        if (ReferenceEquals(_rule, rule) && Text.SequenceEqual(text) && _ends.AsSpan(0, ends.Length).SequenceEqual(ends)) return;
        Take(text, ends);
        (_rule, _annotations, _labels) = (rule, null, null);
    }

    /// <summary>Takes texts that are there.</summary>
    public void Take(ImmutableSortedDictionary<string, string> annotations, ImmutableSortedDictionary<string, string> labels) =>
        (_rule, _annotations, _labels, _length) = (null, annotations, labels, 0);

    /// <summary>Says the same as another.</summary>
    public void Take(EpisodeTexts other)
    {
        (_alert, _key, _at, _episode) = (other._alert, other._key, other._at, other._episode);
        Take(other.Text, other._ends);
        (_rule, _annotations, _labels) = (other._rule, other._annotations, other._labels);
    }

    /// <summary>Says nothing, of nobody; its memory stays.</summary>
    public void Clear()
    {
        (_alert, _key, _at, _episode) = ("", [], default, null);
        (_rule, _annotations, _labels, _length) = (null, null, null, 0);
    }

    private ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    private void Take(ReadOnlySpan<char> text, ReadOnlySpan<int> ends)
    {
        if (text.Length > _text.Length) _text = new char[text.Length + (text.Length / 2)];
        if (ends.Length > _ends.Length) _ends = new int[ends.Length];
        text.CopyTo(_text);
        ends.CopyTo(_ends);
        _length = text.Length;
    }

    private ImmutableSortedDictionary<string, string> Made(ImmutableArray<(string Name, DecisionText Text)> texts, int from)
    {
        if (texts.IsEmpty) return None;
        var made = None.ToBuilder();
        for (var i = 0; i < texts.Length; i++) made[texts[i].Name] = texts[i].Text.Constant ?? new string(Of(from + i));
        return made.ToImmutable();
    }

    private ReadOnlySpan<char> Of(int text) => _text.AsSpan((text == 0 ? 0 : _ends[text - 1])..(_ends[text]));
}
