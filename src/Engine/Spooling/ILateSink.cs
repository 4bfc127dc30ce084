using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Where inputs go whose own epoch is over.</summary>
internal interface ILateSink
{
    /// <summary>Takes them in this order.</summary>
    /// <param name="inputs">Each makes its input, given the stamp.</param>
    Task TakeAsync(IReadOnlyList<Func<Instant, StampedInput>> inputs, CancellationToken cancellationToken);

    /// <summary>Waits until all that was taken is committed.</summary>
    Task SettleAsync(CancellationToken cancellationToken);
}
