using System.Reflection;
using System.Runtime.CompilerServices;
using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>
/// What names a function in another process of the same build: its module's version, its metadata token and type arguments, and which
/// captured values its body reads; a <see cref="ParallelTaskAttribute"/>'s name instead in one of any build. One for each method and
/// delegate type; shared by all threads.
/// </summary>
internal sealed partial class FunctionDefinition
{
    readonly TargetKind _target;
    readonly ClosurePlan? _plan;
    readonly bool _isShareable;

    // A delegate that holds nothing alive, and is as good as a new one.
    Delegate? _shared;

    FunctionDefinition(MethodInfo method, Type delegateType, TargetKind target, ClosurePlan? plan)
    {
        Method = method;
        DelegateType = delegateType;
        TaskName = NamedTasks.NameOf(method);
        _target = target;
        _plan = plan;
        _isShareable = !method.IsCollectible && !delegateType.IsCollectible
            && (target == TargetKind.None || (target == TargetKind.Empty && ClosurePlan.Captured(method.DeclaringType!).Length == 0));
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

    /// <summary>What <see cref="ParallelTaskAttribute"/> calls it, or null.</summary>
    public string? TaskName { get; }

    /// <summary>The assemblies of the method, the delegate and their type arguments, the method's first.</summary>
    public IEnumerable<Assembly> Assemblies =>
        new[] { Method.DeclaringType!, DelegateType }.Concat(Method.IsGenericMethod ? Method.GetGenericArguments() : []).SelectMany(CodeSource.AssembliesOf).Distinct();

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
