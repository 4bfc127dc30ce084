namespace Qualm.Model;

/// <summary>Name of a stream of the log: one a VM, one a host, one an alert, and the engine's own.</summary>
public static class StreamName
{
    /// <summary>Rule-set activations, starts and stops of the engine.</summary>
    public const string Engine = "engine";

    /// <summary>Where numbers burnt by failed turns are filled in. Readers skip it.</summary>
    public const string Tombstone = "mt_tombstone";

    public static string Vm(string vm) => "vm/" + vm;

    public static string Host(string host) => "host/" + host;

    /// <summary>Of one rule and key of another kind than alerts.</summary>
    /// <param name="id">See <see cref="AlertTransition.Id"/>.</param>
    public static string Conclusion(ConclusionKind kind, string id) => $"{TransitionJson.Name(kind)}/{id}";

    /// <param name="alertId">See <see cref="AlertId"/>.</param>
    public static string Alert(string alertId) => "alert/" + alertId;
}
