using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace ActorParallel.Payloads;

/// <summary>The content of every runtime type.</summary>
internal static class Contents
{
    private static readonly ConcurrentDictionary<Type, Content> s_contents = new();
    private static readonly ConditionalWeakTable<Type, Content> s_collectible = [];

    public static Content For(Type type) =>
        type.IsCollectible ? s_collectible.GetValue(type, Make)
        : s_contents.TryGetValue(type, out Content? content) ? content
        : s_contents.GetOrAdd(type, Make);

    /// <summary>Looked up by name, so that MessagePack stays unloaded.</summary>
    public static bool IsMessagePack(Type type) =>
        !type.IsArray && !type.IsGenericTypeDefinition && type.Assembly != typeof(object).Assembly
        && type.CustomAttributes.Any(a => a.AttributeType.FullName == "MessagePack.MessagePackObjectAttribute");

    internal static Content Make(Type definition, Type[] arguments, params object?[] parameters) =>
        (Content)Activator.CreateInstance(definition.MakeGenericType(arguments), parameters)!;

    private static Content Make(Type type)
    {
        if (type == typeof(string) || type.IsValueType || type.IsSubclassOf(typeof(Delegate)))
        {
            return new CodecContent(type, Codecs.For(type));
        }

        if (type.IsArray)
        {
            Type element = type.GetElementType()!;
            return type.IsSZArray
                ? Make(typeof(ArrayContent<>), [element])
                : Make(typeof(SpaceContent<>), [element], type);
        }

        return new ObjectContent(type);
    }
}
