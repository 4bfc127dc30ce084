namespace Qualm.Actions;

/// <summary>Somebody who can be told. Called from several threads at once.</summary>
public interface IReceiver
{
    /// <summary>As rules name it.</summary>
    string Name { get; }

    /// <summary>Makes one attempt. Answers for all faults of the receiver and the way to it; throws only when cancelled.</summary>
    Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancellationToken);
}
