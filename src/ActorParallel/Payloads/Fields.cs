using System.Reflection;

namespace ActorParallel.Payloads;

/// <summary>What a type is made of.</summary>
internal static class Fields
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>
    /// Instance fields, inherited ones first, in declaration order, down to but without those of <paramref name="stopAt"/>.
    /// Fields marked <c>[NonSerialized]</c> stay behind.
    /// </summary>
    public static FieldInfo[] Of(Type type, Type? stopAt = null)
    {
        // Loops, not LINQ: this is on the way of a fresh process's first value.
        var fields = new List<FieldInfo>();
        for (Type? t = type; t is not null && t != typeof(object) && t != typeof(ValueType) && t != stopAt; t = t.BaseType)
        {
            FieldInfo[] own = t.GetFields(Own);
            Array.Sort(own, static (a, b) => a.MetadataToken.CompareTo(b.MetadataToken));
            fields.InsertRange(0, own);
        }

#pragma warning disable SYSLIB0050 // The attribute is still how a type says so.
        fields.RemoveAll(static f => f.IsNotSerialized);
#pragma warning restore SYSLIB0050
        return [.. fields];
    }

    /// <summary>True when a value's memory is all there is to it: no references, no pointers, nothing that is refused.</summary>
    public static bool IsUnmanaged(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(decimal) || type == typeof(DateTime) || type == typeof(Guid))
        {
            return true;
        }

        if (!type.IsValueType || type.IsByRefLike || type.ContainsGenericParameters || Contents.IsMessagePack(type) || Refusals.Advice(type) is not null)
        {
            return false;
        }

        foreach (FieldInfo field in type.GetFields(Own))
        {
            if (!IsUnmanaged(field.FieldType))
            {
                return false;
            }
        }

        return true;
    }
}
