namespace Qualm.Rules.Cel;

internal sealed partial class CelBinder<T>
{
    // Every place of the text has one scope of its own, so what it names is sought once.
    private readonly Dictionary<CelExpr, CelMember<T>?> _resolved = new(ReferenceEqualityComparer.Instance);

    private CelNode<T> BindPath(CelExpr expr)
    {
        if (expr is CelExpr.Name { Absolute: false } name && TryLocal(name.Text, out var depth)) return new LocalNode<T>(At(expr.Span), _locals[depth].Type, depth);
        if (Resolve(expr) is { } member) return Read(member, expr);
        if (DottedName(expr) is { } dotted)
        {
            if (_scope.Named.TryGetValue(dotted, out var text)) return BindNamed(dotted, text, expr.Span);
            if (TypeNamed(dotted) is { } type) return new ConstantNode<T>(At(expr.Span), CelValue.OfType(type));
        }

        return expr is CelExpr.Select select ? BindSelect(select) : Undeclared((CelExpr.Name)expr);
    }

    private CelNode<T> BindSelect(CelExpr.Select select)
    {
        // What stands below a root that is spelled wrong is not worth a second word.
        if (Resolve(select.Operand) is { Type.ObjectName: not null } parent) return NoSuchMember(parent, select);
        if (IsTypo(select)) return Undeclared(RootOf(select)!);
        var operand = Bind(select.Operand);
        var type = EntryType(operand, select.FieldSpan, select.Field);
        return new EntryNode<T>(At(select.Span), type, operand, select.Field, test: false);
    }

    private CelNode<T> BindHas(CelExpr.Has has)
    {
        if (Resolve(has.Path) is { } member)
        {
            _reads.Add(member);
            return member.Test(At(has.Span)) ?? new ConstantNode<T>(At(has.Span), CelValue.True);
        }

        if (Resolve(has.Path.Operand) is { Type.ObjectName: not null } parent) return NoSuchMember(parent, has.Path);
        if (IsTypo(has.Path)) return Undeclared(RootOf(has.Path)!);
        var operand = Guarded(Present(has, true), has.Path.Operand, Bind);
        EntryType(operand, has.Path.FieldSpan, has.Path.Field);
        return new EntryNode<T>(At(has.Span), CelType.Bool, operand, has.Path.Field, test: true);
    }

    private CelNode<T> BindIndex(CelExpr.Index index)
    {
        if (Resolve(index) is { } member) return Read(member, index);
        var parent = Resolve(index.Operand);
        if (parent is { Type.ObjectName: not null } && index.Key is CelExpr.Literal { Value: { Kind: CelKind.String } field })
        {
            return NoSuchMember(parent, new CelExpr.Select(index.Span, index.Operand, field.AsString, index.Key.Span, Quoted: true));
        }

        var operand = Bind(index.Operand);
        var key = Bind(index.Key);
        var type = CelType.Dyn;
        if (!operand.Type.IsDyn)
        {
            var ok = operand.Type.Kind is CelKind.List or CelKind.Map;
            Check(ok, index.Span, $"a value of type {operand.Type} has no elements to pick by [ ]");
            if (ok) type = operand.Type.Element!;
            if (operand.Type.Kind == CelKind.List) Check(key.Type.IsDyn || key.Type.Kind == CelKind.Int, key.Span, $"a place in a list is an int, not {key.Type}");
            if (operand.Type.Kind == CelKind.Map) Check(key.Type.Fits(operand.Type.Key!) || (key.Type.IsNumber && operand.Type.Key!.IsNumber), key.Span, $"the keys are of type {operand.Type.Key}, not {key.Type}");
        }

        return Fold(new IndexNode<T>(At(index.Span), type, operand, key), operand, key);
    }

    private CelType EntryType(CelNode<T> operand, CelSpan span, string field)
    {
        if (operand.Type.IsDyn) return CelType.Dyn;
        var ok = operand.Type.Kind == CelKind.Map && operand.Type.Key!.Fits(CelType.String);
        Check(ok, span, $"a value of type {operand.Type} has no member '{field}'");
        return ok ? operand.Type.Element! : CelType.Dyn;
    }

    private CelNode<T> Read(CelMember<T> member, CelExpr expr)
    {
        _reads.Add(member);
        if (member.Optional && !_present.Contains(member.Path))
        {
            _doubts.Add(new CelDiagnostic(At(expr.Span), Within($"'{member.Path}' may be absent"), $"guard it: has({member.Path}) && …"));
        }

        return member.Read(At(expr.Span));
    }

    /// <summary>The host's member an expression names, the longest name first; null when it names none.</summary>
    private CelMember<T>? Resolve(CelExpr expr)
    {
        if (!_resolved.TryGetValue(expr, out var member)) _resolved[expr] = member = Seek(expr);
        return member;
    }

    private CelMember<T>? Seek(CelExpr expr)
    {
        if (DottedName(expr) is { } dotted && Root(dotted, RootOf(expr)!.Absolute) is { } root) return root;
        return expr switch
        {
            CelExpr.Select select => Resolve(select.Operand)?.Find(select.Field),
            CelExpr.Index { Key: CelExpr.Literal { Value: { Kind: CelKind.String } key } } index => Resolve(index.Operand)?.Find(key.AsString),
            _ => null,
        };
    }

    private CelMember<T>? Root(string dotted, bool absolute)
    {
        for (var prefix = absolute ? "" : _scope.Container; prefix.Length > 0; prefix = prefix[..Math.Max(0, prefix.LastIndexOf('.'))])
        {
            if (_scope.Roots.TryGetValue($"{prefix}.{dotted}", out var inside)) return inside;
        }

        return _scope.Roots.GetValueOrDefault(dotted);
    }

    /// <summary>The text of a chain of plain names that no macro's variable hides; null for everything else.</summary>
    private string? DottedName(CelExpr expr) => expr switch
    {
        CelExpr.Name name => name.Absolute || !TryLocal(name.Text, out _) ? name.Text : null,
        CelExpr.Select { Quoted: false } select => DottedName(select.Operand) is { } before ? $"{before}.{select.Field}" : null,
        _ => null,
    };

    private static CelExpr.Name? RootOf(CelExpr expr) => expr switch
    {
        CelExpr.Name name => name,
        CelExpr.Select select => RootOf(select.Operand),
        CelExpr.Index index => RootOf(index.Operand),
        _ => null,
    };

    private bool TryLocal(string name, out int depth)
    {
        depth = _locals.FindLastIndex(l => l.Name == name);
        return depth >= 0;
    }

    private bool IsTypo(CelExpr.Select select) =>
        DottedName(select) is not null && RootOf(select) is { } root && Resolve(root) is null && !_scope.Named.ContainsKey(root.Text)
        && !Prefixes(select).Any(p => Resolve(p) is not null);

    private static IEnumerable<CelExpr> Prefixes(CelExpr.Select select)
    {
        for (var expr = select.Operand; ; expr = ((CelExpr.Select)expr).Operand)
        {
            yield return expr;
            if (expr is not CelExpr.Select) yield break;
        }
    }

    private CelNode<T> BindNamed(string name, string text, CelSpan span)
    {
        if (_expanding.Any(e => e.Name == name)) return Refuse(span, $"'{name}' is defined by itself");
        var use = _expanding.Count == 0 ? span : OutermostUse();
        _expanding.Push((name, use));
        var expr = CelParser.Parse(text, out var fault);
        var hidden = _locals.ToArray();

        // A named expression means the same everywhere: the macros around its use lend it no variables.
        for (var i = 0; i < _locals.Count; i++) _locals[i] = ("", _locals[i].Type);
        var node = expr is null ? Refuse(span, fault!.Message, fault.Hint) : Bind(expr);
        for (var i = 0; i < hidden.Length; i++) _locals[i] = hidden[i];
        _expanding.Pop();
        return node;
    }

    private static string? TypeNamed(string name) => name switch
    {
        "bool" or "int" or "uint" or "double" or "string" or "bytes" or "list" or "map" or "null_type" or "type" => name,
        "google.protobuf.Timestamp" or "google.protobuf.Duration" => name,
        _ => null,
    };

    private FailNode<T> Undeclared(CelExpr.Name name)
    {
        var known = _scope.Roots.Keys.Concat(_scope.Named.Keys).Concat(_locals.Select(l => l.Name));
        var hint = CelSuggestion.For(name.Text, known);
        if (hint is null && name.Text is "and" or "or" or "not") hint = "the operators are && || !";
        return Fault(name.Span, $"unknown name '{name.Text}'", hint, new CelError($"undeclared reference to '{name.Text}'"));
    }

    private FailNode<T> NoSuchMember(CelMember<T> parent, CelExpr.Select select) =>
        Fault(select.FieldSpan, $"'{parent.Path}' has no member '{select.Field}'", CelSuggestion.For(select.Field, parent.Names), new CelError($"no such field: '{select.Field}'"));
}
