using System.Reflection;
using ActorParallel.Payloads;

namespace ActorParallel.Functions;

internal sealed partial class FunctionDefinition
{
    const byte ByToken = 1;
    const byte BySignature = 2;
    const byte ByTaskName = 3;

    /// <summary>Writes the definition, without captured values.</summary>
    public void Write(PayloadWriter writer)
    {
        if (TaskName is not null) WriteTaskName(writer);
        else if (FunctionModules.IsFramework(Method)) WriteSignature(writer);
        else WriteToken(writer);
        writer.WriteType(DelegateType);
        writer.WriteByte((byte)_target);
        _plan?.Write(writer);
    }

    /// <summary>Reads a definition and finds its method here.</summary>
    /// <exception cref="ShippingException">The module is missing here or is another build.</exception>
    public static FunctionDefinition Read(ref PayloadReader reader)
    {
        byte form = reader.ReadByte();
        var method = form switch
        {
            ByToken => ReadToken(ref reader),
            BySignature => ReadSignature(ref reader),
            ByTaskName => ReadTaskName(ref reader),
            _ => throw reader.Corrupt("a function's form is not known"),
        };
        var delegateType = reader.ReadType();
        var target = (TargetKind)reader.ReadByte();
        if (!delegateType.IsSubclassOf(typeof(Delegate)) || target > TargetKind.Whole) throw reader.Corrupt("a function's delegate is not known");
        return new(method, delegateType, target, target == TargetKind.Closure ? ClosurePlan.Read(ref reader, method.DeclaringType!) : null);
    }

    void WriteToken(PayloadWriter writer)
    {
        var module = Method.Module;
        writer.WriteByte(ByToken);
        writer.WriteString(module.Assembly.GetName().Name);
        writer.WriteFixed(module.ModuleVersionId);
        writer.WriteInt32(Method.MetadataToken);
        WriteTypes(writer, Method.DeclaringType!.GetGenericArguments());
        WriteTypes(writer, Method.IsGenericMethod ? Method.GetGenericArguments() : []);
    }

    static MethodInfo ReadToken(ref PayloadReader reader)
    {
        // The build is checked before any type is looked up: its error says more.
        string assembly = reader.ReadString() ?? throw reader.Corrupt("a function's assembly has no name");
        var module = FunctionModules.Find(assembly, reader.ReadFixed<Guid>());
        int token = reader.ReadInt32();
        var typeArguments = ReadTypes(ref reader);
        var methodArguments = ReadTypes(ref reader);
        try
        {
            var method = (MethodInfo)module.ResolveMethod(token)!;
            if (typeArguments.Length > 0)
            {
                var closed = method.DeclaringType!.MakeGenericType(typeArguments);
                method = (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, closed.TypeHandle)!;
            }

            return methodArguments.Length > 0 ? method.MakeGenericMethod(methodArguments) : method;
        }
        catch (Exception e) when (e is ArgumentException or InvalidCastException or BadImageFormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"The payload names method 0x{token:x8} of {assembly}, which doesn't fit: {e.Message}", e);
        }
    }

    void WriteSignature(PayloadWriter writer)
    {
        writer.WriteByte(BySignature);
        writer.WriteType(Method.DeclaringType!);
        writer.WriteString(Method.Name);
        WriteTypes(writer, Method.IsGenericMethod ? Method.GetGenericArguments() : []);
        WriteTypes(writer, NamedTasks.Signature(Method));
    }

    static MethodInfo ReadSignature(ref PayloadReader reader)
    {
        var declaring = reader.ReadType();
        string name = reader.ReadString() ?? throw reader.Corrupt("a method has no name");
        var arguments = ReadTypes(ref reader);
        var signature = ReadTypes(ref reader);
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var candidate in declaring.GetMember(name, MemberTypes.Method, all).Cast<MethodInfo>())
        {
            if (Close(candidate, arguments) is { } method
                && signature.SequenceEqual(NamedTasks.Signature(method)))
            {
                return method;
            }
        }

        throw new ShippingException(
            $"The function {CompilerNames.Display(declaring)}.{name} of {declaring.Assembly.GetName().Name} is not in this process's .NET {Environment.Version}; run both sides on the same version.");
    }

    void WriteTaskName(PayloadWriter writer)
    {
        writer.WriteByte(ByTaskName);
        writer.WriteString(TaskName);
        writer.WriteString(Method.Module.Assembly.GetName().Name);
        writer.WriteFixed(Method.Module.ModuleVersionId);
        WriteTypes(writer, NamedTasks.Signature(Method));
    }

    static MethodInfo ReadTaskName(ref PayloadReader reader)
    {
        string name = reader.ReadString() ?? throw reader.Corrupt("a named task has no name");
        string assembly = reader.ReadString() ?? throw reader.Corrupt("a function's assembly has no name");
        var build = reader.ReadFixed<Guid>();
        return NamedTasks.Find(name, assembly, build, ReadTypes(ref reader));
    }

    static MethodInfo? Close(MethodInfo method, Type[] arguments)
    {
        int arity = method.IsGenericMethodDefinition ? method.GetGenericArguments().Length : 0;
        if (arity != arguments.Length) return null;
        if (arity == 0) return method;
        try
        {
            return method.MakeGenericMethod(arguments);
        }
        catch (ArgumentException)
        {
            return null; // An overload whose constraints the arguments don't meet.
        }
    }

    static void WriteTypes(PayloadWriter writer, Type[] types)
    {
        writer.WriteUInt32((uint)types.Length);
        foreach (var type in types) writer.WriteType(type);
    }

    static Type[] ReadTypes(ref PayloadReader reader)
    {
        var types = new Type[reader.ReadCount()];
        for (int i = 0; i < types.Length; i++) types[i] = reader.ReadType();
        return types;
    }
}
