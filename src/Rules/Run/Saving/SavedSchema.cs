using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>A kind of event that the running set does not know any more, written whole: what is remembered of such events is read by their shape.</summary>
internal static class SavedSchema
{
    // Deeper no catalogue nests.
    private const int MaxDepth = 32;

    public static void Write(StateSaver to, EventSchema schema)
    {
        to.Write(schema.Id);
        to.Write(schema.Category);
        to.Write(schema.Summary);
        to.Write(schema.Since);
        to.Write(schema.Removed);
        to.Write(schema.RateLimit is not null);
        if (schema.RateLimit is { } limit)
        {
            to.Write(limit.Period.Ticks);
            to.Write(limit.Key);
        }

        Write(to, schema.Members);
        to.Write(schema.SlotCount);
        to.Write(schema.Drift);
    }

    public static EventSchema Read(StateLoader from, string name)
    {
        var id = from.Int();
        var (category, summary, since, removed) = (from.SomeText(), from.SomeText(), from.SomeText(), from.Text());
        var limit = from.Bool() ? new RateLimit(new TimeSpan(from.Long()), from.Text()) : null;
        StateLoader.Check(id >= 0, $"event {name} has the number {id}");
        return new EventSchema(id, name, category, summary, since, removed, limit, Members(from, 0), from.Int(), from.Texts());
    }

    private static void Write(StateSaver to, ImmutableArray<MemberSchema> members)
    {
        to.Write(members.Length);
        foreach (var member in members)
        {
            to.Write(member.Name);
            to.Write(member.Path);
            to.Write((int)member.Type);
            to.Write(member.Optional);
            to.Write(member.Values);
            Write(to, member.Members);
            to.Write(member.Slot);
        }
    }

    private static ImmutableArray<MemberSchema> Members(StateLoader from, int depth)
    {
        StateLoader.Check(depth < MaxDepth, "members nest without end");
        var members = new MemberSchema[from.Reader.ReadCount(25)];
        for (var i = 0; i < members.Length; i++)
        {
            var (name, path, type, optional, values) = (from.SomeText(), from.SomeText(), from.Enum<MemberType>(), from.Bool(), from.Texts());
            members[i] = new MemberSchema(name, path, type, optional, values, Members(from, depth + 1), from.Index(int.MaxValue));
        }

        return [.. members];
    }
}
