using System.Text;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>Qualm set up in a folder of its own: configuration, rules, data, and a receiver that the test listens to.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly List<string> _sources = [];
    private readonly List<string> _settings = [];
    private readonly List<QualmProcess> _started = [];
    private readonly string? _store;

    private Installation(PageServer pages, string? store) => (Pages, _store) = (pages, store);

    public Workspace Workspace { get; } = new();

    public PageServer Pages { get; }

    /// <summary>Key of the signature of pages.</summary>
    public static string Secret => "a secret between friends";

    /// <summary>Folder of rules; the shipped ones unless <see cref="WriteRules"/> made others.</summary>
    public string Rules { get; private set; } = Repository.Rules;

    /// <summary>Its own; another's where two share one private PostgreSQL.</summary>
    public string Data { get => field ?? Workspace["data"]; init; }

    /// <param name="store">Connection string of somebody's PostgreSQL; null: the private one.</param>
    public static async Task<Installation> MakeAsync(string? store = null) => new(await PageServer.StartAsync(), store);

    /// <summary>Makes one that shares the data folder, and so the private PostgreSQL, of another.</summary>
    public static async Task<Installation> BesideAsync(Installation other) => new(await PageServer.StartAsync(), null) { Data = other.Data };

    /// <summary>Adds an entry of <c>sources</c>, as YAML in one line.</summary>
    public Installation From(string source)
    {
        _sources.Add(source);
        return this;
    }

    /// <summary>Adds a key of the configuration, as YAML in one line.</summary>
    public Installation With(string setting)
    {
        _settings.Add(setting);
        return this;
    }

    /// <summary>Takes rules of the test in place of the shipped ones.</summary>
    public Installation WriteRules(string yaml)
    {
        Workspace.Write("rules/test.yaml", yaml);
        Rules = Workspace["rules"];
        return this;
    }

    /// <summary>Starts the service.</summary>
    public QualmProcess Start() => Start("run", "--config", WriteConfig());

    /// <summary>Where it is, unless it has several.</summary>
    public Place Here => new("qualm.yaml", Data, _store);

    /// <summary>Starts the service at one of several places.</summary>
    public QualmProcess StartAt(Place place)
    {
        var config = WriteConfig(place);
        if (place.Clock is not { } clock) return Start("run", "--config", config);
        var process = QualmProcess.StartOther("Qualm.Acceptance.Tests.dll", Workspace.Folder, NoEnvironment, "engine", clock, "--config", config);
        _started.Add(process);
        return process;
    }

    /// <summary>Starts the service with these variables in its environment.</summary>
    public QualmProcess StartWith(IReadOnlyDictionary<string, string> environment) => StartWith(environment, "run", "--config", WriteConfig());

    /// <summary>Starts the service and waits until it serves its sources.</summary>
    public async Task<QualmProcess> RunAsync()
    {
        var service = Start();
        await service.SaysAsync("is ready");
        return service;
    }

    /// <summary>Starts the program with these arguments as they are.</summary>
    public QualmProcess Start(params IEnumerable<string> arguments) => StartWith(NoEnvironment, arguments);

    public QualmProcess StartWith(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var process = QualmProcess.Start(Workspace.Folder, environment, arguments);
        _started.Add(process);
        return process;
    }

    /// <summary>Runs a command that uses the installation's store to its end.</summary>
    public Task<Finished> QualmAsync(params IEnumerable<string> arguments) => Start([.. arguments, .. StoreArguments]).EndAsync();

    /// <summary>What tells a command where the store is.</summary>
    public string[] StoreArguments => _store is null ? ["--data", Data] : ["--store", _store];

    /// <summary>Opens the record. The private PostgreSQL must be running.</summary>
    public async Task<Database> OpenAsync() =>
        _store is not null ? new Database(_store) : Database.Of((await QualmAsync("store")).ShouldExit(0).Text);

    /// <summary>Waits, and says on failure what the service said.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        try
        {
            await Wait.UntilAsync(condition, what, patience);
        }
        catch (TimeoutException e)
        {
            var pages = string.Join('\n', Pages.Received);
            throw new TimeoutException($"{e.Message}\n--- pages\n{pages}\n--- service\n{_started.LastOrDefault()?.Said}", e);
        }
    }

    public Task UntilAsync(Func<bool> condition, string what, TimeSpan? patience = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, patience);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started) await process.DisposeAsync();
        await Pages.DisposeAsync();
        Workspace.Dispose();
    }

    private string WriteConfig() => WriteConfig(Here);

    private string WriteConfig(Place place)
    {
        var yaml = new StringBuilder();
        if (_sources.Count > 0) yaml.AppendLine("sources:");
        foreach (var source in _sources) yaml.AppendLine($"- {source}");
        yaml.AppendLine($"rules: {Rules}");
        yaml.AppendLine(place.Store is null ? $"data: {place.Data}" : $"store: {place.Store}\ndata: {place.Data}");
        // One port for many engines at once would be taken.
        if (!_settings.Any(setting => setting.StartsWith("http:", StringComparison.Ordinal))) yaml.AppendLine("http: off");
        foreach (var setting in _settings) yaml.AppendLine(setting);
        yaml.AppendLine("receivers:");
        foreach (var name in (string[])["page", "page-virt", "page-storage"])
        {
            yaml.AppendLine($"  {name}: {{ webhook: {{ url: \"{Pages.Address}/{name}\", secret: \"${{file:{Workspace.Write("hook.key", Secret)}}}\", timeout: 2s }} }}");
        }

        return Workspace.Write(place.Config, yaml.ToString());
    }
}
