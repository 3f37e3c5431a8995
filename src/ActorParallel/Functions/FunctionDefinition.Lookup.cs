using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorParallel.Functions;

internal sealed partial class FunctionDefinition
{
    // The first definition of each method; those of its other delegate types hang on it.
    static readonly ConcurrentDictionary<MethodInfo, FunctionDefinition> Known = new();
    static readonly ConditionalWeakTable<Type, ConcurrentDictionary<MethodInfo, FunctionDefinition>> Collectible = [];

    [ThreadStatic]
    static FunctionDefinition? t_last;

    FunctionDefinition? _next;

    /// <summary>The definition of a delegate's function.</summary>
    /// <exception cref="ShippingException">The function can't travel, whatever it captured.</exception>
    public static FunctionDefinition Of(Delegate function) =>
        TryOf(function, out string? problem) ?? throw new ShippingException(problem!);

    /// <summary>The definition of a delegate's function, or null and the reason why it can't travel.</summary>
    public static FunctionDefinition? TryOf(Delegate function, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(function);
        problem = null;
        if (t_last is { } last && ReferenceEquals(last._shared, function)) return last;
        if (!function.HasSingleTarget)
        {
            problem = FunctionRefusals.Multicast(function);
            return null;
        }

        var method = function.Method;
        var delegateType = function.GetType();
        var definition = Known.TryGetValue(method, out var first) ? first.For(delegateType) : null;
        if (definition is null)
        {
            definition = Find(function, method, delegateType, out problem);
            if (definition is null) return null;
        }

        if (definition._isShareable)
        {
            definition._shared ??= function;
            if (ReferenceEquals(definition._shared, function)) t_last = definition;
        }

        return definition;
    }

    static FunctionDefinition? Find(Delegate function, MethodInfo method, Type delegateType, out string? problem)
    {
        problem = null;
        bool unloads = method.IsCollectible || delegateType.IsCollectible;
        var anchor = delegateType.IsCollectible ? delegateType : method.DeclaringType;
        var shelf = unloads && anchor is { IsCollectible: true } ? Collectible.GetOrCreateValue(anchor) : null;
        if (shelf is not null && shelf.TryGetValue(method, out var known)) return known;

        problem = FunctionRefusals.Why(function, method);
        if (problem is not null) return null;

        var definition = Make(function.Target, method, delegateType);
        return shelf is not null ? shelf.GetOrAdd(method, definition)
            : unloads ? definition
            : Known.GetOrAdd(method, definition).Add(definition);
    }

    FunctionDefinition? For(Type delegateType)
    {
        var definition = this;
        while (definition is not null && definition.DelegateType != delegateType) definition = Volatile.Read(ref definition._next);
        return definition;
    }

    /// <summary>Hangs on the definition for another delegate type, or returns the one that was there.</summary>
    FunctionDefinition Add(FunctionDefinition definition)
    {
        for (var last = this; ; last = last._next!)
        {
            if (last.DelegateType == definition.DelegateType) return last;
            if (Interlocked.CompareExchange(ref last._next, definition, null) is null) return definition;
        }
    }

    static FunctionDefinition Make(object? target, MethodInfo method, Type delegateType)
    {
        if (target is null)
        {
            int given = delegateType.GetMethod("Invoke")!.GetParameters().Length;
            bool closedOverNull = method.IsStatic && method.GetParameters().Length == given + 1;
            return new(method, delegateType, closedOverNull ? TargetKind.Whole : TargetKind.None, null);
        }

        if (method.IsStatic || !CompilerNames.IsClosure(target.GetType())) return new(method, delegateType, TargetKind.Whole, null);
        var plan = ClosurePlan.Of(target.GetType(), CaptureAnalysis.Of(method));
        return plan.HasValues ? new(method, delegateType, TargetKind.Closure, plan) : new(method, delegateType, TargetKind.Empty, null);
    }
}
