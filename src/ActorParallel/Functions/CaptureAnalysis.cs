using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorParallel.Functions;

/// <summary>
/// Finds which captured variables a function can read. C# keeps all captured variables of a scope in one closure object, so
/// what one lambda reads is known only from its body.
/// </summary>
/// <remarks>
/// Closure classes can't be named in source, so only code the compiler made with them touches their fields. The analysis
/// therefore goes through all such code reachable from the function (nested lambdas, local functions, state machines) and
/// collects the closure fields whose value, address or handle it takes, whichever instance they are of. Where a body can't be read, or
/// a closure is handed to code outside, everything counts as read. A script's variables are the fields of a class whose members are all
/// the script's own code, which is followed in the same way, also into the pieces of the script before.
/// </remarks>
internal sealed class CaptureAnalysis
{
    static readonly ConditionalWeakTable<Module, ConcurrentDictionary<MethodBase, CaptureAnalysis>> Cache = [];

    // A function reads few variables: lists are as fast as sets, and the runtime has them compiled.
    readonly List<(Module, int)> _fields = [];
    readonly List<(Module, int)> _escaped = [];
    readonly HashSet<MethodBase> _seen = [];
    readonly HashSet<Type> _seenTypes = [];
    readonly Queue<MethodBase> _pending = new();
    readonly Module _module;
    bool _everything;

    CaptureAnalysis(Module module) => _module = module;

    /// <summary>What a method made by the compiler reads. Computed once for each method, generic ones for all their arguments.</summary>
    public static CaptureAnalysis Of(MethodInfo method)
    {
        var known = Cache.GetOrCreateValue(method.Module);
        var definition = Definition(method);
        if (known.TryGetValue(definition, out var analysis)) return analysis;
        analysis = new CaptureAnalysis(method.Module);
        analysis.Run(definition);
        return known.GetOrAdd(definition, analysis);
    }

    /// <summary>Whether the function can read this field of a closure.</summary>
    public bool Reads(FieldInfo field) =>
        _everything || _fields.Contains((field.Module, field.MetadataToken)) || _escaped.Contains((field.Module, field.DeclaringType!.MetadataToken));

    void Run(MethodBase function)
    {
        try
        {
            Follow(function);
            while (_pending.TryDequeue(out var method)) Scan(method);
        }
        catch (Exception e) when (e is BadImageFormatException or ArgumentException or IndexOutOfRangeException or TypeLoadException or MissingMemberException
                                      or FileNotFoundException or FileLoadException or NotSupportedException)
        {
            _everything = true;
        }

        _pending.Clear();
        _seen.Clear();
        _seenTypes.Clear();
    }

    void Follow(MethodBase method)
    {
        if (_seen.Add(method)) _pending.Enqueue(method);
    }

    void Scan(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
        {
            _everything |= !method.IsAbstract && !method.Attributes.HasFlag(MethodAttributes.PinvokeImpl);
            return;
        }

        Type[] typeArguments = method.DeclaringType?.GetGenericArguments() ?? [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        var instructions = new InstructionReader(il);
        while (instructions.MoveNext())
        {
            switch (method.Module.ResolveMember(instructions.Token, typeArguments, methodArguments))
            {
                case FieldInfo field:
                    Field(field, stored: instructions.IsStore);
                    break;
                case MethodBase called:
                    Call(called);
                    break;
            }
        }
    }

    void Field(FieldInfo field, bool stored)
    {
        if (field.DeclaringType is not { } type || !IsOurs(type)) return;
        FollowStateMachine(type);
        if (!stored && !field.IsStatic && CompilerNames.IsClosure(type)) _fields.Add((field.Module, field.MetadataToken));
    }

    void Call(MethodBase called)
    {
        if (called.DeclaringType is { } type && IsOurs(type))
        {
            FollowStateMachine(type);
            if (CompilerNames.IsGenerated(called))
            {
                Follow(Definition(called));
                return;
            }
        }

        foreach (var parameter in called.GetParameters()) Escape(parameter.ParameterType);
    }

    /// <summary>A closure given to code that the compiler didn't make could be read there.</summary>
    void Escape(Type type)
    {
        if (type.HasElementType)
        {
            Escape(type.GetElementType()!);
            return;
        }

        if (IsOurs(type) && CompilerNames.IsClosure(type)) _escaped.Add((type.Module, type.MetadataToken));
    }

    /// <summary>Of this module; or of the script's pieces before, which are modules of their own.</summary>
    bool IsOurs(Type type) => type.Module == _module || CompilerNames.IsOfScript(type);

    void FollowStateMachine(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (!_seenTypes.Add(definition) || !CompilerNames.IsStateMachine(definition)) return;
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var method in definition.GetMethods(all)) Follow(method);
    }

    static MethodBase Definition(MethodBase method) =>
        method.IsGenericMethod || method.DeclaringType is { IsGenericType: true } ? method.Module.ResolveMethod(method.MetadataToken)! : method;
}
