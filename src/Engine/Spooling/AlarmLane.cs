using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Qualm.Actions;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Delivers the alarm's messages to one receiver, the newest only, tried again until it has it.</summary>
internal sealed class AlarmLane(IReceiver receiver, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Channel<(AlertTransition Alert, OutboxDraft Draft)> _messages =
        Channel.CreateBounded<(AlertTransition, OutboxDraft)>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public string Name => receiver.Name;

    /// <summary>Takes the place of a message that was not begun.</summary>
    public void Send(AlertTransition alert, OutboxDraft draft) => _messages.Writer.TryWrite((alert, draft));

    /// <summary>Nothing more is sent.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    /// <summary>Delivers until all is delivered after <see cref="Complete"/>, or it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var (alert, draft) in _messages.Reader.ReadAllAsync(cancellationToken)) await DeliverAsync(alert, draft, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Out of time.
        }
    }

    private async Task DeliverAsync(AlertTransition alert, OutboxDraft draft, CancellationToken cancellationToken)
    {
        var pauses = new Pauses(FirstPause, LongestPause);
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await AttemptAsync(new Delivery(draft.DeliveryId, draft.Episode, draft.Transition, attempt, draft.Payload, FiredAndResolved: false), cancellationToken);
            switch (outcome)
            {
                case DeliveryOutcome.Delivered:
                    Log.AlarmTold(logger, receiver.Name, alert.Summary);
                    return;
                case DeliveryOutcome.Refused refused:
                    Log.AlarmFailed(logger, receiver.Name, attempt, refused.Why);
                    return;
                case DeliveryOutcome.Retry retry:
                    Log.AlarmFailed(logger, receiver.Name, attempt, retry.Why);
                    var pause = pauses.Next();
                    await Task.Delay(retry.After is { } after && after > pause ? after : pause, time, cancellationToken);
                    break;
            }

            // What is newer says more.
            if (_messages.Reader.TryPeek(out _)) return;
        }
    }

    private async Task<DeliveryOutcome> AttemptAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            return await receiver.DeliverAsync(delivery, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new DeliveryOutcome.Retry(null, e.Message);
        }
    }
}
