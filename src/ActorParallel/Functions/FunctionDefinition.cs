using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>
/// What names a function in another process of the same build: its module's version, its metadata token and type arguments, and which
/// captured values its body reads. One for each method and delegate type; shared by all threads.
/// </summary>
internal sealed partial class FunctionDefinition
{
    static readonly ConcurrentDictionary<(MethodInfo, Type), FunctionDefinition> Known = new();
    static readonly ConditionalWeakTable<Type, ConcurrentDictionary<MethodInfo, FunctionDefinition>> Collectible = [];

    [ThreadStatic]
    static FunctionDefinition? t_last;

    readonly TargetKind _target;
    readonly ClosurePlan? _plan;
    readonly bool _isShareable;

    // A delegate that holds nothing alive, and is as good as a new one.
    Delegate? _shared;

    FunctionDefinition(MethodInfo method, Type delegateType, TargetKind target, ClosurePlan? plan)
    {
        Method = method;
        DelegateType = delegateType;
        _target = target;
        _plan = plan;
        _isShareable = !method.IsCollectible && !delegateType.IsCollectible
            && (target == TargetKind.None || (target == TargetKind.Empty && !ClosurePlan.Captured(method.DeclaringType!).Any()));
    }

    enum TargetKind : byte
    {
        /// <summary>A static method, or an instance method whose object is the first argument.</summary>
        None,

        /// <summary>A closure of which nothing is read.</summary>
        Empty,

        /// <summary>A closure; the fields of the plan travel.</summary>
        Closure,

        /// <summary>An object, or the first argument of a static method; it travels whole.</summary>
        Whole,
    }

    /// <summary>The method, closed over its type arguments.</summary>
    public MethodInfo Method { get; }

    /// <summary>The type of the delegate.</summary>
    public Type DelegateType { get; }

    /// <summary>The function for people: <c>the lambda in Program.Main</c>.</summary>
    public string DisplayName => CompilerNames.Display(Method);

    /// <summary>Whether values travel with each call of <see cref="WriteCaptures(PayloadWriter, Delegate)"/>.</summary>
    public bool HasCaptures => _target is TargetKind.Closure or TargetKind.Whole;

    /// <summary>The variables that travel.</summary>
    public IReadOnlyList<CapturedVariable> Captures => _target switch
    {
        TargetKind.Whole => [new CapturedVariable("this", Method.IsStatic ? Method.GetParameters()[0].ParameterType : Method.DeclaringType!, "this")],
        TargetKind.Closure => [.. from plan in _plan!.Reachable()
                                  from captured in plan.Fields
                                  where captured.Nested is null
                                  select new CapturedVariable(CompilerNames.Variable(captured.Info.Name), captured.Info.FieldType, captured.Name)],
        _ => [],
    };

    /// <summary>The closures that travel; empty when there is none.</summary>
    internal IReadOnlyList<ClosurePlan> Closures => _plan?.Reachable() ?? [];

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
        if (!Known.TryGetValue((method, delegateType), out var definition))
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
            : Known.GetOrAdd((method, delegateType), definition);
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

    /// <summary>Writes the captured values the body reads; nothing when there are none.</summary>
    /// <exception cref="ShippingException">A value can't travel; the path names its variable.</exception>
    public void WriteCaptures(PayloadWriter writer, Delegate function) => WriteCaptures(writer, function, null);

    internal void WriteCaptures(PayloadWriter writer, Delegate function, ICaptureObserver? observer)
    {
        if (_target == TargetKind.Closure)
        {
            // The closure and the delegate get their numbers before the values are written: these may lead back to both.
            object closure = function.Target!;
            writer.WriteReference(closure);
            if (!writer.WriteReference(function)) _plan!.WriteFields(writer, closure, observer);
        }
        else if (_target == TargetKind.Whole)
        {
            if (observer is null) WriteWhole(writer, function.Target);
            else observer.Value("this", function.Target?.GetType() ?? Method.GetParameters()[0].ParameterType, writer, to => WriteWhole(to, function.Target));
            writer.WriteReference(function);
        }
    }

    static void WriteWhole(PayloadWriter writer, object? target)
    {
        writer.Enter("this");
        Codecs.For<object?>().Write(writer, target);
        writer.Leave();
    }

    /// <summary>Reads what <see cref="WriteCaptures(PayloadWriter, Delegate)"/> wrote and makes the delegate.</summary>
    public Delegate ReadCaptures(ref PayloadReader reader)
    {
        switch (_target)
        {
            case TargetKind.Closure:
                object closure;
                if (reader.ReadReference(out object? known))
                {
                    closure = known!;
                }
                else
                {
                    closure = RuntimeHelpers.GetUninitializedObject(_plan!.Type);
                    reader.Register(closure);
                }

                if (reader.ReadReference(out object? same)) return (Delegate)same!;
                var function = Bind(closure);
                reader.Register(function);
                _plan!.ReadFields(ref reader, closure);
                return function;

            case TargetKind.Whole:
                object? target = Codecs.For<object?>().Read(ref reader);
                if (reader.ReadReference(out same)) return (Delegate)same!;
                function = Bind(target);
                reader.Register(function);
                return function;

            case TargetKind.Empty:
                return _shared ??= Delegate.CreateDelegate(DelegateType, RuntimeHelpers.GetUninitializedObject(Method.DeclaringType!), Method);

            default:
                return _shared ??= Delegate.CreateDelegate(DelegateType, Method);
        }
    }

    Delegate Bind(object? target)
    {
        var function = Delegate.CreateDelegate(DelegateType, target, Method);
        return !Method.IsVirtual || function.Method == Method
            ? function
            // It was base.M, and CreateDelegate took the override.
            : (Delegate)Activator.CreateInstance(DelegateType, target, Method.MethodHandle.GetFunctionPointer())!;
    }
}

/// <summary>A captured variable that travels with a function.</summary>
/// <param name="Name">As the source names it; <c>this</c> for the object.</param>
/// <param name="Type">Its declared type.</param>
/// <param name="Path">What a refusal calls it; empty in ActorParallel's own wrappers around a user's function.</param>
internal readonly record struct CapturedVariable(string Name, Type Type, string Path);

/// <summary>Watches captured values as they are written.</summary>
internal interface ICaptureObserver
{
    /// <summary>Calls <paramref name="write"/> to write the value, or doesn't.</summary>
    void Value(string name, Type type, PayloadWriter writer, Action<PayloadWriter> write);
}
