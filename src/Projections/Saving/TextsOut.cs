using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Writes texts that many VMs share: each once, then by its number.</summary>
internal sealed class TextsOut(StateWriter writer)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public void Write(string text)
    {
        if (_numbers.TryGetValue(text, out var number))
        {
            writer.Write(number);
            return;
        }

        writer.Write(_numbers.Count);
        writer.Write(text);
        _numbers.Add(text, _numbers.Count);
    }
}
