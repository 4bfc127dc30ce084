using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A member of an event's data that the catalogue knows, or, with an empty path, the data itself.</summary>
internal sealed class DataMember : CelMember<EvalContext>
{
    // One for each schema the event may be of; null where that one has no such member.
    private readonly ImmutableArray<(EventSchema Schema, MemberSchema? Member)> _places;

    private DataMember(string path, int step, ImmutableArray<(EventSchema Schema, MemberSchema? Member)> places, CelType type)
        : base(path, type)
    {
        Step = step;
        _places = places;
        Optional = places.Any(p => p.Member is null or { Optional: true });
        KnownValues = places.All(p => p.Member is null or { Type: MemberType.Enum }) ? [.. places.SelectMany(p => p.Member?.Values ?? []).Distinct()] : [];
    }

    public int Step { get; }

    public override bool Optional { get; }

    public override ImmutableArray<string> KnownValues { get; }

    /// <summary>The member when the event can be of one kind only.</summary>
    public MemberSchema? Single => _places is [var (_, member)] ? member : null;

    /// <summary>As the catalogue spells it, from <c>data</c>.</summary>
    public string SchemaPath => _places.First(p => p.Member is not null).Member!.Path;

    public override IEnumerable<string> Names => _places.SelectMany(p => p.Member?.Members ?? []).Select(m => m.RuleName).Distinct();

    public static CelMember<EvalContext> Root(string path, int step, ImmutableArray<EventSchema> schemas) => new DataRoot(path, step, schemas);

    public override CelMember<EvalContext>? Find(string name) => Below(Path, Step, [.. _places.Select(p => (p.Schema, p.Member?.Members ?? []))], name);

    public override CelNode<EvalContext> Read(CelSpan span)
    {
        var slot = Slot();
        return Type switch
        {
            { IsDyn: true } or { Kind: CelKind.Map } => new SlotNode(span, Type, slot) { Member = this },
            { Kind: CelKind.String } => new TextSlotNode(span, slot) { Member = this },
            { Kind: CelKind.Bool } => new BoolSlotNode(span, slot) { Member = this },
            { Kind: CelKind.Int } => new IntSlotNode(span, slot) { Member = this },
            { Kind: CelKind.UInt } => new UIntSlotNode(span, slot) { Member = this },
            _ => new DoubleSlotNode(span, slot) { Member = this },
        };
    }

    public override CelNode<EvalContext> Test(CelSpan span) => new PresenceNode(span, Slot()) { Member = this };

    private SlotReader Slot() => new(Step, Path, [.. _places.Select(p => (p.Schema, p.Member?.Slot ?? -1))]);

    private static DataMember? Below(string path, int step, ImmutableArray<(EventSchema Schema, ImmutableArray<MemberSchema> Members)> among, string name)
    {
        var places = among.Select(a => (a.Schema, Member: a.Members.FirstOrDefault(m => m.Name == name) ?? a.Members.FirstOrDefault(m => m.RuleName == name))).ToImmutableArray();
        if (places.All(p => p.Member is null)) return null;
        var found = places.First(p => p.Member is not null).Member!;
        var memberPath = $"{path}.{found.RuleName}";
        var types = places.Where(p => p.Member is not null).Select(p => TypeOf(p.Member!, memberPath)).Distinct().ToArray();
        return new DataMember(memberPath, step, places, types.Length == 1 ? types[0] : CelType.Dyn);
    }

    private static CelType TypeOf(MemberSchema member, string path) => member.Type switch
    {
        MemberType.Bool => CelType.Bool,
        MemberType.Int => CelType.Int,
        MemberType.UInt => CelType.UInt,
        MemberType.Double => CelType.Double,
        MemberType.String or MemberType.Enum => CelType.String,
        MemberType.Object => CelType.ObjectOf(path),
        _ => CelType.Dyn,
    };

    private sealed class DataRoot(string path, int step, ImmutableArray<EventSchema> schemas) : CelMember<EvalContext>(path, CelType.ObjectOf(path)), IWholeData
    {
        public int Step => step;

        public override IEnumerable<string> Names => schemas.SelectMany(s => s.Members).Select(m => m.RuleName).Distinct();

        public override CelMember<EvalContext>? Find(string name) => Below(Path, step, [.. schemas.Select(s => (s, s.Members))], name);

        public override CelNode<EvalContext> Read(CelSpan span) => new JsonNode(span, Type, step, []) { Member = this };
    }
}
