using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Reads what <see cref="TextsOut"/> wrote; texts that were one are one again.</summary>
internal sealed class TextsIn(StateReader reader)
{
    private readonly List<string> _texts = [];

    public string Read()
    {
        var number = reader.ReadInt32();
        if ((uint)number < (uint)_texts.Count) return _texts[number];
        if (number != _texts.Count) throw new StateFormatException($"text {number} follows text {_texts.Count - 1}");

        // Run states and the like are then the very strings that folds compare with.
        var text = reader.ReadSomeText();
        _texts.Add(string.IsInterned(text) ?? text);
        return _texts[^1];
    }
}
