using Qualm.Acceptance.Tests.Campaign.Rules;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Traffic;

/// <summary>A file of events that grows. Of it nothing may be missing, whatever happens.</summary>
internal sealed class TailFile(string path, Dice dice)
{
    public const string Vm = "vm-tail";

    /// <summary>Lines written.</summary>
    public int Written { get; private set; }

    public async Task RunAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var kind = dice.Of(EventKind.Named);
            var micros = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            await File.AppendAllTextAsync(path, EventLines.Of(Vm, kind.Name, micros, Written + 1, kind.Data(dice)) + "\n", CancellationToken.None);
            Written++;
            await Task.Delay(dice.UpTo(200), over).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
