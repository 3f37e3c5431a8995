using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
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
        && HasMessagePackAttribute(type);

    private static bool HasMessagePackAttribute(Type type)
    {
        foreach (CustomAttributeData attribute in type.GetCustomAttributesData())
        {
            if (attribute.AttributeType.FullName == "MessagePack.MessagePackObjectAttribute")
            {
                return true;
            }
        }

        return false;
    }

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
            if (element.IsPointer || element.IsFunctionPointer)
            {
                return new RefusedContent(type, "its pointers point into this process; pass what they point to.");
            }

            return type.IsSZArray
                ? Make(Fields.IsUnmanaged(element) ? typeof(BlockContent<>) : typeof(ArrayContent<>), [element])
                : Make(typeof(SpaceContent<>), [element], type);
        }

        if (type.IsSubclassOf(typeof(Exception)) || type == typeof(Exception))
        {
            return new ExceptionContent();
        }

        // The lists of the BCL's own types are looked at for such types only: each names assemblies that would be loaded.
        if (IsNearFramework(type) && (SimpleContents.TryMake(type) ?? KnownComparers.TryMake(type)) is { } simple)
        {
            return simple;
        }

        if (type.Assembly == typeof(Contents).Assembly && SimpleContents.TryMakePool(type) is { } pool)
        {
            return pool;
        }

        return Refusals.Advice(type) is { } advice ? new RefusedContent(type, advice)
            : TryMakeCollection(type) is { } collection ? collection
            : IsMessagePack(type) ? new MessagePackContent(type)
            : new ObjectContent(type);
    }

    /// <summary>True for the runtime's own types and what derives from them: a generated regex, a user's encoding.</summary>
    private static bool IsNearFramework(Type type) =>
        type == typeof(object) || IsFramework(type) || (type.BaseType is { } b && b != typeof(object) && IsNearFramework(b));

    internal static bool IsFramework(Type type) =>
        type.Assembly == typeof(object).Assembly || type.Assembly.GetName().Name is { } name
        && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

    private static Content? TryMakeCollection(Type type)
    {
        for (Type? t = type; t is not null && t != typeof(object); t = t.BaseType)
        {
            if (!IsFramework(t))
            {
                continue;
            }

            if (t.FullName == "System.Collections.Hashtable")
            {
                return new HashtableContent(type);
            }

            if (t.IsConstructedGenericType && t.GetGenericTypeDefinition() is var definition)
            {
                if ((Common(definition) ?? Filled(definition)) is { } filled)
                {
                    return Make(filled, t.GetGenericArguments(), type);
                }

                if (Built(definition) is { } built)
                {
                    return Make(built, t.GetGenericArguments());
                }
            }
        }

        return null;
    }

    private static Type? Common(Type definition) =>
        definition == typeof(List<>) ? typeof(ListContent<>)
        : definition == typeof(Dictionary<,>) ? typeof(DictionaryContent<,>)
        : definition == typeof(HashSet<>) ? typeof(HashSetContent<>)
        : null;

    private static Type? Filled(Type definition) =>
        definition == typeof(SortedDictionary<,>) ? typeof(SortedDictionaryContent<,>)
        : definition == typeof(SortedList<,>) ? typeof(SortedListContent<,>)
        : definition == typeof(SortedSet<>) ? typeof(SortedSetContent<>)
        : definition == typeof(OrderedDictionary<,>) ? typeof(OrderedDictionaryContent<,>)
        : definition == typeof(Queue<>) ? typeof(QueueContent<>)
        : definition == typeof(Stack<>) ? typeof(StackContent<>)
        : definition == typeof(LinkedList<>) ? typeof(LinkedListContent<>)
        : definition == typeof(PriorityQueue<,>) ? typeof(PriorityQueueContent<,>)
        : definition == typeof(ConcurrentDictionary<,>) ? typeof(ConcurrentDictionaryContent<,>)
        : definition == typeof(ConcurrentQueue<>) ? typeof(ConcurrentQueueContent<>)
        : definition == typeof(ConcurrentStack<>) ? typeof(ConcurrentStackContent<>)
        : definition == typeof(ConcurrentBag<>) ? typeof(ConcurrentBagContent<>)
        : null;

    private static Type? Built(Type definition) =>
        definition == typeof(ImmutableList<>) ? typeof(ImmutableListContent<>)
        : definition == typeof(ImmutableDictionary<,>) ? typeof(ImmutableDictionaryContent<,>)
        : definition == typeof(ImmutableHashSet<>) ? typeof(ImmutableHashSetContent<>)
        : definition == typeof(ImmutableSortedDictionary<,>) ? typeof(ImmutableSortedDictionaryContent<,>)
        : definition == typeof(ImmutableSortedSet<>) ? typeof(ImmutableSortedSetContent<>)
        : definition == typeof(ImmutableQueue<>) ? typeof(ImmutableQueueContent<>)
        : definition == typeof(ImmutableStack<>) ? typeof(ImmutableStackContent<>)
        : definition == typeof(FrozenDictionary<,>) ? typeof(FrozenDictionaryContent<,>)
        : definition == typeof(FrozenSet<>) ? typeof(FrozenSetContent<>)
        : definition == typeof(Lookup<,>) ? typeof(LookupContent<,>)
        : null;
}
