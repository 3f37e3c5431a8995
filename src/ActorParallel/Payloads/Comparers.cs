using System.Globalization;

namespace ActorParallel.Payloads;

/// <summary>A collection's comparer: nothing travels for the default one.</summary>
internal interface IComparers<TCollection>
{
    Type Interface { get; }

    void Write(PayloadWriter writer, TCollection collection);

    object? Read(ref PayloadReader reader);

    TCollection New(object comparer);
}

internal sealed class Comparers<TCollection, TComparer>(
    Func<TCollection, TComparer> get, TComparer normal, Func<TComparer, TCollection> make) : IComparers<TCollection>
    where TComparer : class?
{
    public Type Interface => typeof(TComparer);

    public void Write(PayloadWriter writer, TCollection collection)
    {
        TComparer comparer = get(collection);
        Codecs.For<TComparer?>().Write(writer, ReferenceEquals(comparer, normal) ? null : comparer);
    }

    public object? Read(ref PayloadReader reader) => Codecs.For<TComparer?>().Read(ref reader);

    public TCollection New(object comparer) => make((TComparer)comparer);
}

/// <summary>The string comparers of the BCL, by what they do: their objects differ in every process.</summary>
internal sealed class StringComparerContent() : Content(typeof(StringComparer))
{
    private static readonly StringComparer[] s_known =
    [
        StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase,
    ];

    public override bool IsTracked => false;

    public override void Write(PayloadWriter writer, object value)
    {
        var comparer = (StringComparer)value;
        int known = Array.FindIndex(s_known, k => k.Equals(comparer));
        writer.WriteInt32(known);
        if (known < 0)
        {
            if (!StringComparer.IsWellKnownCultureAwareComparer(comparer, out CompareInfo? info, out CompareOptions options))
            {
                throw writer.Refusal($"The string comparer {value.GetType()} can't travel; use one of StringComparer's.");
            }

            writer.WriteString(info.Name);
            writer.WriteInt32((int)options);
        }
    }

    public override object Read(ref PayloadReader reader, int id)
    {
        int known = reader.ReadInt32();
        return known < 0
            ? StringComparer.Create(CultureInfo.GetCultureInfo(reader.ReadString() ?? ""), (CompareOptions)reader.ReadInt32())
            : known < s_known.Length ? s_known[known] : throw reader.Corrupt("a string comparer is not known");
    }
}

/// <summary>An object there is one of in every process, such as a default comparer.</summary>
internal sealed class SingletonContent(Type type, object instance) : Content(type)
{
    public override bool IsTracked => false;

    public override void Write(PayloadWriter writer, object value) => writer.WriteByte(0);

    public override object Read(ref PayloadReader reader, int id)
    {
        reader.ReadByte();
        return instance;
    }
}

internal static class KnownComparers
{
    /// <summary>The content of the BCL's own comparers, or null.</summary>
    public static Content? TryMake(Type type)
    {
        if (type == typeof(ReferenceEqualityComparer))
        {
            return new SingletonContent(type, ReferenceEqualityComparer.Instance);
        }

        if (type.Assembly != typeof(object).Assembly)
        {
            return null;
        }

        if (typeof(StringComparer).IsAssignableFrom(type))
        {
            return new StringComparerContent();
        }

        for (Type? t = type; t is not null; t = t.BaseType)
        {
            if (t.IsConstructedGenericType && t.GetGenericTypeDefinition() is var definition
                && (definition == typeof(EqualityComparer<>) || definition == typeof(Comparer<>)))
            {
                object instance = t.GetProperty("Default")!.GetValue(null)!;
                return type == t || type == instance.GetType() ? new SingletonContent(t, instance) : null;
            }
        }

        return null;
    }
}
