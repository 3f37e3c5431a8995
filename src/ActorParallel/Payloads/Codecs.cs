using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace ActorParallel.Payloads;

/// <summary>The codec of every type. Made on first use, then a static field away.</summary>
internal static class Codecs
{
    private static readonly ConcurrentDictionary<Type, Codec> s_codecs = new();
    private static readonly ConditionalWeakTable<Type, Codec> s_collectible = [];

    /// <summary>The codec for values declared as <typeparamref name="T"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Codec<T> For<T>() => Cache<T>.Codec ??= (Codec<T>)For(typeof(T));

    /// <summary>True when values of the type are written in a few bytes, with no reference and nothing to refuse.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInline<T>() =>
        typeof(T) == typeof(string) || (!RuntimeHelpers.IsReferenceOrContainsReferences<T>() && typeof(T).IsPrimitive);

    public static Codec For(Type type) =>
        type.IsCollectible ? s_collectible.GetValue(type, Make)
        : s_codecs.TryGetValue(type, out Codec? codec) ? codec
        : s_codecs.GetOrAdd(type, Make);

    private static Codec Make(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer || type.IsByRef || type.IsByRefLike || type == typeof(void) || type.ContainsGenericParameters)
        {
            throw new ShippingException($"A {type.Name} points into this process and can't travel; pass what it points to.");
        }

        if (SimpleCodecs.TryMake(type) is { } simple)
        {
            return simple;
        }

        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return Make(typeof(Functions.DelegateCodec<>), type);
        }

        return type.IsValueType ? ValueCodecs.Make(type) : Make(typeof(ReferenceCodec<>), type);
    }

    internal static Codec Make(Type definition, params Type[] arguments) =>
        (Codec)Activator.CreateInstance(definition.MakeGenericType(arguments), nonPublic: true)!;

    private static class Cache<T>
    {
        public static Codec<T>? Codec;
    }
}
