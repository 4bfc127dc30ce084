using Qualm.Model;

namespace Qualm.Projections;

/// <summary>What one kind of event does to a VM beyond being counted.</summary>
internal delegate void EventFold(in EventView e, VmState vm, Scope scope);

/// <summary>The folds of all events of a catalogue, by <see cref="EventSchema.Id"/>. Built once.</summary>
internal sealed class FoldTable
{
    private readonly EventCatalogue _catalogue;
    private readonly EventFold?[] _folds;
    private readonly bool[] _changesHost;
    private readonly VmPart[] _parts;

    public FoldTable(EventCatalogue catalogue)
    {
        _catalogue = catalogue;
        _folds = new EventFold?[catalogue.Events.Length];
        _parts = new VmPart[catalogue.Events.Length];
        StatusFolds.Register(this);
        MonitorFolds.Register(this);
        MigrationFolds.Register(this);
        _changesHost = Array.ConvertAll(_folds, fold => fold is not null);
        JobFolds.Register(this);
        StorageFolds.Register(this);
        DeviceFolds.Register(this);
    }

    public TextTable Texts { get; } = new();

    public EventFold? this[EventSchema schema] => (uint)schema.Id < (uint)_folds.Length ? _folds[schema.Id] : null;

    /// <summary>Whether an event may change what its host counts of the VM.</summary>
    public bool ChangesHost(EventSchema schema) => (uint)schema.Id < (uint)_changesHost.Length && _changesHost[schema.Id];

    /// <summary>What an event changes of a VM beside its state, for looking ahead.</summary>
    public VmPart PartOf(EventSchema schema) => (uint)schema.Id < (uint)_parts.Length ? _parts[schema.Id] : VmPart.None;

    /// <summary>Says what an event changes; does nothing where the catalogue does not have it.</summary>
    public void Changes(VmPart part, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_catalogue.Find(name) is { } schema) _parts[schema.Id] = part;
        }
    }

    /// <summary>Sets the fold of an event; does nothing where the catalogue does not have it.</summary>
    /// <param name="make">Looks up the members it reads.</param>
    public void On(string name, Func<EventSchema, EventFold> make)
    {
        if (_catalogue.Find(name) is { } schema) _folds[schema.Id] = make(schema);
    }

    public void On(string name, EventFold fold) => On(name, _ => fold);
}
