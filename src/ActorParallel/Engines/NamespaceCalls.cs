using System.Globalization;
using ActorParallel.Results;

namespace ActorParallel.Engines;

/// <summary>What views call on an engine: functions like any other, on the namespace of the engine they run on.</summary>
internal static class NamespaceCalls
{
    static EngineNamespace Values => TaskContext.Current!.Namespace;

    public static Nothing Push(KeyValuePair<string, object?>[] values)
    {
        foreach (var (name, value) in values) Values[name] = value;
        return default;
    }

    public static T Pull<T>(string name) => As<T>(name, Values[name]);

    public static object?[] PullAll(string[] names) => [.. names.Select(name => Values[name])];

    public static string[] Names() => [.. Values.Names.Order(StringComparer.Ordinal)];

    public static bool Remove(string name) => Values.Remove(name);

    public static int Clear() => Values.Names.Count(Values.Remove);

    /// <summary>A part of a sequence that was scattered, or pushed by hand.</summary>
    public static T[] Part<T>(string name) => Values[name] switch
    {
        T[] array => array,
        IEnumerable<T> sequence => [.. sequence],
        var other => [As<T>(name, other)],
    };

    public static async Task<Nothing> ExecuteAsync((string Code, string? File) script)
    {
        var context = TaskContext.Current!;
        await ScriptHosts.For(context.Namespace).ExecuteAsync(script.Code, script.File, context.CancellationToken).ConfigureAwait(false);
        return default;
    }

    public static async Task<T> EvaluateAsync<T>(string expression)
    {
        var context = TaskContext.Current!;
        return As<T>(expression, await ScriptHosts.For(context.Namespace).EvaluateAsync(expression, context.CancellationToken).ConfigureAwait(false));
    }

    public static async Task<string?> InteractAsync(string code)
    {
        var context = TaskContext.Current!;
        // Somebody looks on.
        (context as RemoteTaskContext)?.Task.ShowOutput();
        return await ScriptHosts.For(context.Namespace).InteractAsync(code, context.CancellationToken).ConfigureAwait(false);
    }

    public static Nothing Import((string[] Namespaces, string[] References) imports)
    {
        ScriptHosts.For(Values).AddImports(imports.Namespaces, imports.References);
        return default;
    }

    static T As<T>(string name, object? value)
    {
        if (value is T typed) return typed;
        if (value is null && default(T) is null) return default!;
        // Numbers become one another where nothing is lost: C# code says 1 where 1.0 is meant.
        if (value is IConvertible && typeof(T).IsPrimitive && value is not (bool or string or char) && typeof(T) != typeof(bool) && typeof(T) != typeof(char))
        {
            var converted = Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture);
            if (Convert.ChangeType(converted, value.GetType(), CultureInfo.InvariantCulture).Equals(value)) return (T)converted;
        }
        throw new InvalidCastException($"'{name}' is {(value is null ? "null" : $"of type {value.GetType()}")} on engine {TaskContext.Current!.EngineId}, not {typeof(T)}: ask for it as what it is.");
    }
}
