using System.Globalization;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Text that is put together without a string; its memory serves again. Numbers are written invariantly.</summary>
internal sealed class TextBuffer
{
    private char[] _text = new char[128];

    public int Length { get; private set; }

    /// <summary>Valid until something is appended.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<char> text)
    {
        if (text.Length > _text.Length - Length) Grow(text.Length);
        text.CopyTo(_text.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>As people read the value.</summary>
    public void Append(CelValue value)
    {
        if (value.Kind == CelKind.Int) AppendNumber(value.AsInt);
        else if (value.Kind == CelKind.UInt) AppendNumber(value.AsUInt);
        else Append(value.ToString());
    }

    private void AppendNumber<T>(T number)
        where T : ISpanFormattable
    {
        int written;
        while (!number.TryFormat(_text.AsSpan(Length), out written, default, CultureInfo.InvariantCulture)) Grow(1);
        Length += written;
    }

    private void Grow(int by) => Array.Resize(ref _text, Math.Max(_text.Length * 2, Length + by));
}
