using Qualm.Model;
using Qualm.Rules.Run;

namespace Qualm.Rules.Binding;

/// <summary>A key part that is an expression of its own.</summary>
internal abstract class KeyValueReader
{
    /// <returns>False when it is null, fails, or is no scalar: then the event has no key.</returns>
    public abstract bool TryAdd(in EventView e, ref KeyReading reading);
}
