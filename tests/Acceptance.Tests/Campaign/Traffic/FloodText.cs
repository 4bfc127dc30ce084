using System.Globalization;
using System.Text;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Traffic;

/// <summary>Events that differ in nothing but their time, or come in two or three kinds by turns.</summary>
/// <param name="number">Of the flood.</param>
internal sealed class FloodText(int connection, int number, Dice dice)
{
    private readonly string[] _data = [.. Enumerable.Range(0, dice.Of(1, 1, 2, 3)).Select(i => string.Create(
        CultureInfo.InvariantCulture, $$"""{"device": "vd{{i}}", "operation": "read", "action": "report", "reason": "Input/output error", "x-connection": {{connection}}, "x-flood": {{number}}}"""))];

    /// <summary>Some of them, in their order.</summary>
    /// <param name="from">How many came before.</param>
    /// <param name="at">What they say their time is.</param>
    public byte[] Of(int from, int count, DateTimeOffset at)
    {
        var text = new StringBuilder();
        var micros = (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        for (var i = from; i < from + count; i++, micros++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $$$"""{"timestamp": {"seconds": {{{micros / 1_000_000}}}, "microseconds": {{{micros % 1_000_000}}}}, "event": "BLOCK_IO_ERROR", "data": {{{_data[i % _data.Length]}}}}""");
            text.Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Sends them for a while.</summary>
    /// <returns>How many it sent, those of a write that failed included.</returns>
    public async Task<int> SendAsync(FakeConnection to, int perSecond, TimeSpan length, TimeSpan off)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var sent = 0;
        try
        {
            while (System.Diagnostics.Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < length)
            {
                var some = (int)(perSecond * elapsed.TotalSeconds) - sent;
                sent += some;
                if (some > 0) await to.WriteAsync(Of(sent - some, some, DateTimeOffset.UtcNow + off));
                await Task.Delay(TimeSpan.FromMilliseconds(5));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its client has gone.
        }

        return sent;
    }
}
