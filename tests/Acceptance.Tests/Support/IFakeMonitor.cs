using System.Text.Json.Nodes;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>What sends events of one VM, over one monitor or several, and knows what it has sent.</summary>
internal interface IFakeMonitor : IAsyncDisposable
{
    /// <summary>What it says its run state is.</summary>
    string Status { get; set; }

    /// <summary>How often somebody began to listen of whom nobody listened before. Events name it, from 1.</summary>
    int Connections { get; }

    /// <summary>Whether all its monitors have a client.</summary>
    bool IsServed { get; }

    /// <summary>Everything it tried to send to a client that was there. The last of a connection may not have arrived.</summary>
    IReadOnlyList<SentEvent> Sent { get; }

    /// <summary>Sends an event.</summary>
    /// <param name="data">Its members.</param>
    /// <param name="at">What it says its time is; null: now.</param>
    /// <returns>Null when there was nobody to send it to.</returns>
    Task<SentEvent?> SendAsync(string name, JsonObject? data = null, DateTimeOffset? at = null);
}
