namespace Qualm.Actions;

/// <summary>A text that must not show up in logs or messages.</summary>
/// <param name="Value">The text itself.</param>
public readonly record struct Secret(string Value)
{
    public override string ToString() => "***";
}
