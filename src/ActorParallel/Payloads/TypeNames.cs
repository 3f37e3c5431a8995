using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using ActorParallel.Functions;

namespace ActorParallel.Payloads;

/// <summary>Types by name: the assembly's simple name and the full name, so that both sides agree whatever the assembly's version says.</summary>
internal static class TypeNames
{
    // Numbers are the format: append only.
    private static readonly Type[] s_wellKnown =
    [
        typeof(object), typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int),
        typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal), typeof(string), typeof(DateTime),
        typeof(DateTimeOffset), typeof(TimeSpan), typeof(Guid), typeof(BigInteger), typeof(Type), typeof(Exception),
        typeof(byte[]), typeof(int[]), typeof(long[]), typeof(double[]), typeof(string[]), typeof(object[]),
        typeof(List<object>), typeof(List<string>), typeof(List<int>), typeof(Dictionary<string, object>), typeof(Dictionary<string, string>),
    ];

    private static readonly Dictionary<Type, uint> s_wellKnownIndex = Number(s_wellKnown);

    private static readonly ConditionalWeakTable<Type, string> s_names = [];
    private static readonly ConcurrentDictionary<string, Type> s_types = new(StringComparer.Ordinal);

    // Weak: an unloaded context lives on for as long as something holds its types, so what hangs on it must not.
    private static readonly ConditionalWeakTable<AssemblyLoadContext, ConcurrentDictionary<string, WeakReference<Type>>> s_typesByContext = [];

    /// <summary>The first number of a payload's own types.</summary>
    public static int FirstFree => s_wellKnown.Length + 1;

    /// <summary>A well-known type's number, or 0.</summary>
    public static uint WellKnownIndex(Type type) => s_wellKnownIndex.GetValueOrDefault(type);

    public static Type WellKnown(uint index) => s_wellKnown[index - 1];

    public static string NameOf(Type type) => s_names.GetValue(type, static t =>
    {
        var name = new StringBuilder();
        Append(name, t);
        return name.ToString();
    });

    /// <summary>The type of that name, here. What was found is remembered for each load context.</summary>
    /// <exception cref="ShippingException">There is none.</exception>
    /// <exception cref="MissingCodeException">Its assembly is to come from a client.</exception>
    public static Type Resolve(string name) =>
        TryResolve(name) ?? throw Unknown(name);

    public static Type? TryResolve(string name)
    {
        AssemblyLoadContext? context = AssemblyLoadContext.CurrentContextualReflectionContext;
        ConcurrentDictionary<string, WeakReference<Type>>? own =
            context is null || context == AssemblyLoadContext.Default ? null : s_typesByContext.GetValue(context, static _ => new(StringComparer.Ordinal));
        Type? type = null;
        if (own is null ? s_types.TryGetValue(name, out type) : own.TryGetValue(name, out WeakReference<Type>? known) && known.TryGetTarget(out type))
        {
            return type;
        }

        try
        {
            type = Type.GetType(name, Load, null, throwOnError: false);
        }
        catch (Exception e) when (e is ArgumentException or TypeLoadException or IOException or BadImageFormatException)
        {
            return null;
        }

        if (type is null)
        {
            return null;
        }

        if (own is not null)
        {
            own[name] = new(type);
        }
        else if (!type.IsCollectible)
        {
            s_types[name] = type;
        }

        return type;
    }

    private static Dictionary<Type, uint> Number(Type[] types)
    {
        var numbers = new Dictionary<Type, uint>(types.Length);
        foreach (Type type in types)
        {
            numbers.Add(type, (uint)numbers.Count + 1);
        }

        return numbers;
    }

    private static ShippingException Unknown(string name)
    {
        int comma = name.LastIndexOf(", ", StringComparison.Ordinal);
        string type = comma < 0 ? name : name[..comma];
        string assembly = comma < 0 ? "an unknown assembly" : $"assembly {name[(comma + 2)..]}";
        string advice = CodeContext.Current is { Shipping: false } ? CodeContext.OffAdvice : "give this process the same build of it";
        return new ShippingException($"The type {type} of {assembly} can't be loaded here; {advice}.", type);
    }

    private static void Append(StringBuilder name, Type type)
    {
        AppendFullName(name, type);
        Type inner = type;
        while (inner.HasElementType)
        {
            inner = inner.GetElementType()!;
        }

        name.Append(", ").Append(inner.Assembly.GetName().Name);
    }

    private static void AppendFullName(StringBuilder name, Type type)
    {
        if (type.IsArray)
        {
            AppendFullName(name, type.GetElementType()!);
            name.Append(type.IsVariableBoundArray && type.GetArrayRank() == 1 ? "[*]" : $"[{new string(',', type.GetArrayRank() - 1)}]");
        }
        else if (type.IsConstructedGenericType)
        {
            name.Append(type.GetGenericTypeDefinition().FullName).Append('[');
            string separator = "";
            foreach (Type argument in type.GetGenericArguments())
            {
                name.Append(separator).Append('[');
                Append(name, argument);
                name.Append(']');
                separator = ",";
            }

            name.Append(']');
        }
        else
        {
            name.Append(type.FullName ?? throw new ShippingException($"{type.Name} is no whole type and can't travel."));
        }
    }

    private static Assembly? Load(AssemblyName name)
    {
        if (CodeContext.Current is { } code)
        {
            return code.Resolve(name);
        }

        try
        {
            return AssemblyLoadContext.CurrentContextualReflectionContext is { } context
                ? context.LoadFromAssemblyName(name)
                : Assembly.Load(name);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            // Loaded from bytes or from a path the default context doesn't probe.
            return AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == name.Name && AssemblyLoadContext.GetLoadContext(a) is not CodeContext);
        }
    }
}
