using System.Reflection;

namespace ActorParallel.Payloads;

/// <summary>How types and members are called in messages: as their source spells them.</summary>
internal static class Names
{
    public static string Of(Type type)
    {
        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (!type.IsGenericType)
        {
            return type.Name;
        }

        string name = type.Name;
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return $"{(tick < 0 ? name : name[..tick])}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }

    /// <summary>A property's name for its backing field, a captured parameter's for its field.</summary>
    public static string Of(FieldInfo field)
    {
        string name = field.Name;
        if (name.StartsWith("<>", StringComparison.Ordinal))
        {
            return name.EndsWith("this", StringComparison.Ordinal) ? "this" : name;
        }

        int end = name.StartsWith('<') ? name.IndexOf('>', StringComparison.Ordinal) : -1;
        return end > 1 ? name[1..end] : name;
    }
}
