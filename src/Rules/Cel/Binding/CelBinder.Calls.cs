using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

internal sealed partial class CelBinder<T>
{
    private CelNode<T> BindCall(CelExpr.Call call)
    {
        if (call.Target is null && _scope.Functions.TryGetValue(call.Function, out var hosts)) return BindHosts(call, hosts);
        var arguments = ImmutableArray.CreateBuilder<CelNode<T>>();
        if (call.Target is not null) arguments.Add(Bind(call.Target));
        arguments.AddRange(call.Arguments.Select(Bind));
        var args = arguments.ToImmutable();
        var found = CelLibrary.Find(call.Function, receiver: call.Target is not null);
        if (found.Length == 0) return UnknownFunction(call);
        foreach (var overload in found)
        {
            if (overload.Accepts(args.Length, i => args[i].Type)) return BindOverload(call, overload, args);
        }

        var types = string.Join(", ", args.Select(a => a.Type));
        var wanted = string.Join(" or ", found.Select(f => f.ToString()).Distinct());
        return Fault(call.Span, $"{call.Function} does not take ({types})", $"it takes {wanted}", CelError.NoSuchOverload);
    }

    private CelNode<T> BindOverload(CelExpr.Call call, CelLibrary.Overload overload, ImmutableArray<CelNode<T>> args)
    {
        var span = At(call.Span);
        switch (overload.Body)
        {
            case null when overload.Name == "matches": return BindMatches(span, args);
            case null when overload.Name == "dyn": return new DynNode<T>(span, args[0]);
            case null:
                return Fold(new TextTestNode<T>(span, overload.Name switch { "startsWith" => '^', "endsWith" => '$', _ => '*' }, args[0], args[1]), args.AsSpan());
            case CelFunction1 one:
                var node = new CallNode<T>(span, overload.Result, one, args[0]);
                return Converted(call, overload, Fold(node, args.AsSpan()), args);
            case CelFunction2 two: return Fold(new Call2Node<T>(span, overload.Result, two, args[0], args[1]), args.AsSpan());
            case CelFunction4 four: return Fold(new Call4Node<T>(span, overload.Result, four, args[0], args[1], args[2], args.Length > 3 ? args[3] : null), args.AsSpan());
            default: throw new InvalidOperationException(overload.Name);
        }
    }

    // duration("10x") can never be right: say so at once.
    private CelNode<T> Converted(CelExpr.Call call, CelLibrary.Overload overload, CelNode<T> node, ImmutableArray<CelNode<T>> args)
    {
        if (!_scope.Checked || !overload.IsConversion || node is ConstantNode<T> || args[0] is not ConstantNode<T>) return node;
        var context = default(T)!;
        var state = default(CelState);
        node.Value(ref context, ref state);
        if (state.Error is { } error) Refuse(call.Arguments.Length > 0 ? call.Arguments[0].Span : call.Span, error.Message);
        return node;
    }

    private CelNode<T> BindMatches(CelSpan span, ImmutableArray<CelNode<T>> args)
    {
        if (args[1] is not ConstantNode<T> { Constant: { Kind: CelKind.String } pattern }) return new MatchesNode<T>(span, args[0], args[1], null);
        var regex = CelRegex.Compile(pattern.AsString, out var fault);
        if (regex is null) return Fault(args[1].Span, fault!);
        return Fold(new MatchesNode<T>(span, args[0], args[1], regex), args.AsSpan());
    }

    private CelNode<T> BindHosts(CelExpr.Call call, CelFunction<T> function)
    {
        var args = call.Arguments.Select(Bind).ToImmutableArray();
        var ok = args.Length == function.Parameters.Length;
        for (var i = 0; ok && i < args.Length; i++) ok = args[i].Type.Fits(function.Parameters[i]);
        if (!ok) return Fault(call.Span, $"{function.Name} does not take ({string.Join(", ", args.Select(a => a.Type))})", $"it takes ({string.Join(", ", function.Parameters)})", CelError.NoSuchOverload);
        var reported = false;
        var node = function.Bind(new CelFunction<T>.Call(At(call.Span), args, d =>
        {
            reported = true;
            Refuse(d.Span, d.Message, d.Hint, d.Code);
        }));
        return node ?? (reported ? new FailNode<T>(At(call.Span), CelError.NoSuchOverload) : Refuse(call.Span, $"{function.Name} cannot be used like this"));
    }

    private FailNode<T> UnknownFunction(CelExpr.Call call)
    {
        var other = CelLibrary.Find(call.Function, receiver: call.Target is null).Length > 0;
        var hint = other
            ? call.Target is null ? $"write x.{call.Function}(…)" : $"write {call.Function}(x)"
            : call.Function is "now" ? "there is no clock: age(t) is event time minus t"
            : CelSuggestion.For(call.Function, CelLibrary.Names.Concat(_scope.Functions.Keys).Concat(["has", "all", "exists", "exists_one", "filter", "map"]));
        return Fault(call.FunctionSpan, $"unknown function '{call.Function}'", hint, new CelError($"unknown function '{call.Function}'"));
    }
}
