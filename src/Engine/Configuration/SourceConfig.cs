namespace Qualm.Engine.Configuration;

/// <summary>One entry of <c>sources</c>: where events come from.</summary>
public abstract record SourceConfig
{
    private SourceConfig() { }

    /// <summary>Monitors to dial: a unix socket's path whose named parts (<c>{vm}</c>, <c>{host}</c>, labels) are found by looking.</summary>
    public sealed record Template(string Path) : SourceConfig
    {
        public override string ToString() => "qmp " + Path;
    }

    /// <summary>One monitor to dial.</summary>
    /// <param name="Endpoint"><c>host:port</c>, or the path of a unix socket.</param>
    /// <param name="Vm">Null: the monitor says.</param>
    public sealed record Monitor(string Endpoint, string? Vm, string? Host) : SourceConfig
    {
        public override string ToString() => "qmp " + Endpoint;
    }

    /// <summary>A socket that QEMU dials.</summary>
    public sealed record Listen(string Endpoint) : SourceConfig
    {
        public override string ToString() => "listen " + Endpoint;
    }

    /// <summary>A growing file of JSON Lines.</summary>
    /// <param name="Vm">VM of lines that name none; null: the file's name without extension.</param>
    public sealed record Tail(string Path, string? Vm, string? Host) : SourceConfig
    {
        public override string ToString() => "tail " + Path;
    }
}
