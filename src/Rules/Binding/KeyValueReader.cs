using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Run;

namespace Qualm.Rules.Binding;

/// <summary>A key part that is an expression of its own.</summary>
internal abstract class KeyValueReader
{
    /// <summary>Type of the value as far as it is known.</summary>
    public virtual CelType Type => CelType.Dyn;

    /// <returns>False when it is null, fails, or is no scalar: then the event has no key.</returns>
    public abstract bool TryAdd(in EventView e, ref KeyReading reading);
}
