namespace Qualm.Ingest.Sources;

/// <summary>Sources that come and go: the sockets that match a template, the monitors that dial in.</summary>
/// <remarks>The pipeline gives every member its own queue and its own turn, so that no member starves another.</remarks>
public interface IEventSourceGroup
{
    /// <summary>What it is, for people, unique in the engine.</summary>
    string Name { get; }

    /// <summary>Each member once, as it appears. A member ends by itself when it is gone.</summary>
    IAsyncEnumerable<IEventSource> MembersAsync(CancellationToken cancellationToken);
}
