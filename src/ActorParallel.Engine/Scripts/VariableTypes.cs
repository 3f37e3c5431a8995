using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace ActorParallel.Scripts;

/// <summary>
/// The type that code gets a pushed value as: its own, if code can name that; else the nearest base class or interface that it can;
/// else none, and the value is <c>dynamic</c>.
/// </summary>
internal sealed class VariableTypes(ScriptChain chain)
{
    // What a value is best known as, of the interfaces it has.
    static readonly Type[] Preferred =
    [
        typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(IList<>), typeof(IReadOnlyList<>), typeof(ISet<>), typeof(IReadOnlySet<>),
        typeof(ICollection<>), typeof(IReadOnlyCollection<>), typeof(ILookup<,>), typeof(IGrouping<,>), typeof(IOrderedEnumerable<>),
        typeof(IEnumerable<>), typeof(IAsyncEnumerable<>), typeof(System.Collections.IDictionary), typeof(System.Collections.IList),
    ];

    static readonly Type[] SayNothing =
        [typeof(object), typeof(ValueType), typeof(Enum), typeof(Delegate), typeof(MulticastDelegate), typeof(Array), typeof(MarshalByRefObject)];

    /// <returns>Null: only <c>dynamic</c> fits.</returns>
    public Type? Nearest(Type type)
    {
        if (NameOf(type) is not null) return type;
        if (type.IsSZArray && !type.GetElementType()!.IsValueType) return (Nearest(type.GetElementType()!) ?? typeof(object)).MakeArrayType();
        for (var up = type.BaseType; up is not null; up = up.BaseType)
        {
            if (!SayNothing.Contains(up) && NameOf(up) is not null) return up;
        }

        Type[] interfaces = [.. type.GetInterfaces().Select(Widened).OfType<Type>()];
        foreach (var preferred in Preferred)
        {
            var found = Array.Find(interfaces, i => i == preferred || (i.IsGenericType && i.GetGenericTypeDefinition() == preferred));
            if (found is not null) return found;
        }

        // An interface of the program's own; one that others of them don't already stand for.
        Type[] own = [.. interfaces.Where(static i => i.Namespace is not { } name || (name != "System" && !name.StartsWith("System.", StringComparison.Ordinal)))];
        return Array.Find(own, i => !Array.Exists(own, other => other != i && i.IsAssignableFrom(other)));
    }

    /// <summary>A type as code writes it; null if code can't.</summary>
    public string? NameOf(Type type)
    {
        var name = new StringBuilder();
        return Append(name, type) ? name.ToString() : null;
    }

    bool Append(StringBuilder name, Type type)
    {
        if (!type.IsVisible || type.IsPointer || type.IsByRef || type.IsByRefLike || type.IsGenericParameter || type.IsFunctionPointer) return false;
        if (type.IsArray) return AppendArray(name, type);

        Type[] arguments = type.GetGenericArguments();
        var parts = new Stack<Type>();
        Type outer = type;
        for (; ; outer = outer.DeclaringType!)
        {
            if (outer.DeclaringType is null) break;
            parts.Push(outer);
            if (chain.Types.ContainsValue(outer)) break;
        }

        if (parts.Count > 0 && parts.Peek() is var first && first == outer)
        {
            // Of a script: known by its simple name, as long as no later code took that.
            if (chain.Types[first.Name] != first) return false;
        }
        else
        {
            if (!chain.References.TryAdd(type.Assembly)) return false;
            parts.Push(outer);
            name.Append("global::");
            foreach (string part in (outer.Namespace ?? "").Split('.', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!AppendIdentifier(name, part)) return false;
                name.Append('.');
            }
        }

        int used = 0;
        for (string dot = ""; parts.TryPop(out var part); dot = ".")
        {
            string simple = part.Name;
            int tick = simple.IndexOf('`', StringComparison.Ordinal);
            name.Append(dot);
            if (!AppendIdentifier(name, tick < 0 ? simple : simple[..tick])) return false;
            int count = part.GetGenericArguments().Length;
            if (count > used && !AppendArguments(name, arguments.AsSpan(used, count - used))) return false;
            used = count;
        }

        return true;
    }

    bool AppendArray(StringBuilder name, Type type)
    {
        // C# writes the outermost rank first.
        var ranks = new StringBuilder();
        for (; type.IsArray; type = type.GetElementType()!)
        {
            if (type.IsVariableBoundArray && type.GetArrayRank() == 1) return false;
            ranks.Append('[').Append(',', type.GetArrayRank() - 1).Append(']');
        }

        if (!Append(name, type)) return false;
        name.Append(ranks);
        return true;
    }

    bool AppendArguments(StringBuilder name, ReadOnlySpan<Type> arguments)
    {
        name.Append('<');
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i > 0) name.Append(", ");
            if (!Append(name, arguments[i])) return false;
        }

        name.Append('>');
        return true;
    }

    static bool AppendIdentifier(StringBuilder name, string part)
    {
        name.Append('@').Append(part);
        return SyntaxFacts.IsValidIdentifier(part);
    }

    /// <summary>An interface as code can name it: its arguments give way where it is covariant.</summary>
    Type? Widened(Type type)
    {
        if (NameOf(type) is not null) return type;
        if (!type.IsGenericType || !type.IsVisible && !type.GetGenericTypeDefinition().IsVisible) return null;
        Type[] arguments = type.GetGenericArguments();
        Type[] parameters = type.GetGenericTypeDefinition().GetGenericArguments();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (NameOf(arguments[i]) is not null) continue;
            if (arguments[i].IsValueType || (parameters[i].GenericParameterAttributes & System.Reflection.GenericParameterAttributes.Covariant) == 0) return null;
            arguments[i] = Nearest(arguments[i]) ?? typeof(object);
        }

        var widened = type.GetGenericTypeDefinition().MakeGenericType(arguments);
        return NameOf(widened) is null ? null : widened;
    }
}
