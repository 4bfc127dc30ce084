using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Binding;

/// <summary>A value of an event, compiled. Stateless.</summary>
internal abstract class EventValue
{
    /// <returns>False when it cannot be read.</returns>
    public abstract bool TryRead(in EventView e, out CelValue value);

    /// <returns>False when it cannot be read, or is no number.</returns>
    public virtual bool TryReadNumber(in EventView e, out double number)
    {
        var read = TryRead(e, out var value);
        number = value.Kind switch
        {
            CelKind.Int => value.AsInt,
            CelKind.UInt => value.AsUInt,
            CelKind.Double => value.AsDouble,
            _ => double.NaN,
        };
        return read && value.IsNumber;
    }
}
