using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Binding;

/// <summary>A value of an event, compiled. Stateless.</summary>
internal abstract class EventValue
{
    /// <returns>False when it cannot be read.</returns>
    public abstract bool TryRead(in EventView e, out CelValue value);
}
