using System.Collections.Immutable;
using System.Globalization;

namespace Qualm.Rules.Syntax;

/// <summary>Takes the keys of one mapping apart. What nobody asked for by <see cref="Finish"/> is an unknown key.</summary>
internal sealed class MapReader(Node.Map map, string what, DiagnosticBag bag)
{
    private readonly SortedSet<string> _asked = new(StringComparer.Ordinal);

    public SourceSpan Span => map.Span;

    public Scalar? KeyOf(string key) => map.Entries.FirstOrDefault(e => e.Key.Value == key).Key;

    public bool Has(string key) => KeyOf(key) is not null;

    /// <returns>Null when the key is not there.</returns>
    public Node? Take(string key)
    {
        _asked.Add(key);
        return map.Entries.FirstOrDefault(e => e.Key.Value == key).Value;
    }

    public Scalar? Text(string key) => Take(key) is { } node ? NodeReader.Text(node, $"'{key}'", bag) : null;

    public Scalar? Required(string key)
    {
        var found = Text(key);
        if (!Has(key)) bag.Error(Codes.MissingKey, Span, $"{what} needs the key '{key}'");
        return found;
    }

    public ImmutableArray<Scalar>? Texts(string key) => Take(key) is { } node ? NodeReader.Texts(node, $"'{key}'", bag) : null;

    public Spanned<TimeSpan>? Duration(string key)
    {
        if (Text(key) is not { } text) return null;
        if (Durations.TryParse(text.Value, out var length)) return new(length, text.Span);
        bag.Error(Codes.BadDuration, text.Span, $"'{text.Value}' is not a duration", "write it as in 1d2h30m10s500ms");
        return null;
    }

    public Spanned<Comparison>? Comparison(string key)
    {
        if (Text(key) is not { } text) return null;
        if (Syntax.Comparison.TryParse(text.Value) is { } comparison) return new(comparison, text.Span);
        var number = double.TryParse(text.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        bag.Error(Codes.BadComparison, text.Span, $"'{text.Value}' is not a comparison",
            number ? $"write \">= {text.Value}\"" : "write an operator and a number, e.g. \">= 3\"");
        return null;
    }

    public Spanned<double>? Number(string key)
    {
        if (Text(key) is not { } text) return null;
        if (double.TryParse(text.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)) return new(value, text.Span);
        bag.Error(Codes.BadNumber, text.Span, $"'{text.Value}' is not a number");
        return null;
    }

    /// <summary>One of a few words.</summary>
    public Spanned<T>? Word<T>(string key, params (string Word, T Value)[] words)
    {
        if (Text(key) is not { } text) return null;
        foreach (var (word, value) in words)
        {
            if (word == text.Value) return new(value, text.Span);
        }

        var known = words.Select(w => w.Word).ToArray();
        bag.Error(Codes.UnknownWord, text.Span, $"'{key}' cannot be '{text.Value}'",
            Suggestion.For(text.Value, known) ?? $"it is one of: {string.Join(", ", known)}");
        return null;
    }

    /// <summary>A mapping of names to single values, in the order of the file.</summary>
    public ImmutableArray<KeyValuePair<Scalar, Scalar>> Pairs(string key)
    {
        if (Take(key) is not { } node || NodeReader.Map(node, $"'{key}'", bag) is not { } pairs) return [];
        var result = ImmutableArray.CreateBuilder<KeyValuePair<Scalar, Scalar>>();
        foreach (var (name, value) in pairs.Entries)
        {
            if (NodeReader.Text(value, $"'{name.Value}'", bag) is { } text) result.Add(new(name, text));
        }

        return result.ToImmutable();
    }

    public MapReader? Map(string key) =>
        Take(key) is { } node && NodeReader.Map(node, $"'{key}'", bag) is { } inner ? new MapReader(inner, $"'{key}'", bag) : null;

    /// <summary>Reports every key that was not asked for.</summary>
    public void Finish()
    {
        foreach (var (key, _) in map.Entries)
        {
            if (_asked.Contains(key.Value)) continue;
            bag.Error(Codes.UnknownKey, key.Span, $"{what} has no key '{key.Value}'",
                Suggestion.For(key.Value, _asked.Where(k => !Has(k))) ?? $"its keys are: {string.Join(", ", _asked)}");
        }
    }
}
