using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>What the catalogue knows of an event's data, with whatever else its JSON holds beside it: for expressions that nobody checks.</summary>
/// <param name="known">Typed by the catalogue; wins.</param>
/// <param name="open">The same place in the JSON.</param>
internal sealed class OpenMember(CelMember<EvalContext> known, CelMember<EvalContext> open) : CelMember<EvalContext>(known.Path, known.Type)
{
    public override bool Optional => known.Optional;

    public override IEnumerable<string> Names => known.Names;

    public override ImmutableArray<string> KnownValues => known.KnownValues;

    public override CelMember<EvalContext>? Find(string name) =>
        (known.Find(name), open.Find(name)) is ({ } typed, { } json) ? new OpenMember(typed, json) : open.Find(name);

    public override CelNode<EvalContext> Read(CelSpan span) => known.Read(span);

    public override CelNode<EvalContext>? Test(CelSpan span) => known.Test(span);
}
