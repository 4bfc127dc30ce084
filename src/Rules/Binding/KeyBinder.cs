using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Binds <c>by</c>: names the parts and finds where their values come from.</summary>
internal sealed class KeyBinder(EventCatalogue catalogue, ExpressionBinder expressions, DiagnosticBag bag)
{
    private const string DataPrefix = "event.data.";

    /// <summary>One part as it is written, named.</summary>
    public sealed record Part(string Name, Scalar Text)
    {
        public string Expression { get; } = Text.Value.Trim();
    }

    /// <summary>Names of the parts; default is the VM.</summary>
    public ImmutableArray<Part> Name(RuleSyntax rule)
    {
        if (rule.By is not { } by) return [new Part("vm", rule.Name with { Value = "vm.id", Origins = [] })];
        var parts = ImmutableArray.CreateBuilder<Part>();
        foreach (var (name, text) in by)
        {
            var found = name?.Value ?? NameOf(text.Value.Trim());
            if (found is null || !IsName(found))
            {
                bag.Error(Codes.BadKeyPart, (name ?? text).Span, $"'{(name ?? text).Value}' does not name a key part", "write 'name: expression'");
            }
            else if (parts.Any(p => p.Name == found))
            {
                bag.Error(Codes.BadKeyPart, text.Span, $"key part '{found}' occurs twice", "write 'name: expression' to name them apart");
            }
            else
            {
                parts.Add(new Part(found, text));
            }
        }

        return parts.ToImmutable();
    }

    /// <summary>How the parts are read from these events.</summary>
    /// <param name="mayLack">Whether parts that these events do not have are left out; else they are faults.</param>
    /// <param name="looksAtState">Whether the events are only looked at for the state around them: then parts made of their data are lacking.</param>
    public BoundKey? Bind(ImmutableArray<Part> parts, ExpressionScope scope, SourceSpan place, bool mayLack, bool looksAtState = false)
    {
        var bound = ImmutableArray.CreateBuilder<BoundKeyPart>();
        var faulty = false;
        foreach (var part in parts)
        {
            var (found, lacking) = mayLack && looksAtState && ReadsData(part) ? (null, true) : BindPart(part, scope, mayLack);
            if (found is not null) bound.Add(found);
            faulty |= found is null && !lacking;
        }

        if (faulty) return null;
        if (bound.Count == 0 && parts.Length > 0)
        {
            bag.Error(Codes.NotInKey, place, "these events have no part of the rule's key", $"the key is [{string.Join(", ", parts.Select(p => p.Name))}]");
            return null;
        }

        return new BoundKey(bound.ToImmutable(), bound.Count == parts.Length);
    }

    private (BoundKeyPart? Found, bool Lacking) BindPart(Part part, ExpressionScope scope, bool mayLack)
    {
        switch (part.Expression)
        {
            case "vm.id":
                return (new BoundKeyPart(part.Name, part.Expression, KeySource.Vm, [], null), false);
            case "vm.host" or "host.id":
                return (new BoundKeyPart(part.Name, part.Expression, KeySource.Host, [], null), false);
        }

        if (part.Expression.StartsWith(DataPrefix, StringComparison.Ordinal) && !scope.Any)
        {
            var path = part.Expression[DataPrefix.Length..];
            if (path.Length > 0 && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.')) return BindMember(part, path, scope, mayLack);
        }

        if (mayLack && LacksMember(part, scope)) return (null, true);
        var value = expressions.Key(part.Text, scope);
        return (value is null ? null : new BoundKeyPart(part.Name, part.Expression, KeySource.Expression, [], value), false);
    }

    private static bool ReadsData(Part part) => Regex.IsMatch(part.Expression, @"\bevent\.data\b", RegexOptions.CultureInvariant);

    // Whether the expression names a member that none of these events has.
    private static bool LacksMember(Part part, ExpressionScope scope) =>
        !scope.Any && Regex.Matches(part.Expression, @"\bevent\.data\.(\w+)", RegexOptions.CultureInvariant)
            .Any(m => scope.Events.All(e => e.Find(m.Groups[1].Value) is null));

    private (BoundKeyPart? Found, bool Lacking) BindMember(Part part, string path, ExpressionScope scope, bool mayLack)
    {
        var members = new MemberSchema?[catalogue.Events.Length];
        foreach (var schema in scope.Events)
        {
            var member = schema.Find(path);
            if (member is null && mayLack) return (null, true);
            if (member is null or { Type: MemberType.Object })
            {
                var known = schema.Members.Where(m => m.Type != MemberType.Object).Select(m => m.RuleName);
                bag.Error(Codes.BadKeyPart, part.Text.At(part.Text.Value.IndexOf(path, StringComparison.Ordinal), path.Length),
                    member is null ? $"{schema.Name} has no member '{path}'" : $"'{path}' of {schema.Name} is an object, which cannot be a key",
                    Suggestion.For(path, known) ?? (schema.Members.IsEmpty ? null : $"its members are: {string.Join(", ", schema.Members.Select(m => m.RuleName))}"));
                return (null, false);
            }

            members[schema.Id] = member;
        }

        return (new BoundKeyPart(part.Name, part.Expression, KeySource.Member, members, null), false);
    }

    private static string? NameOf(string expression) => expression switch
    {
        "vm.id" => "vm",
        "host.id" or "vm.host" => "host",
        _ => expression.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') ? expression[(expression.LastIndexOf('.') + 1)..] : null,
    };

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
