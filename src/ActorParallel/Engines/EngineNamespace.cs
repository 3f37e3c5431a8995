using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ActorParallel;

/// <summary>
/// An engine's named values. They live as long as the engine's process: a replaced engine starts with none.
/// On threads all workers are one engine, in the program's own process. Thread-safe.
/// </summary>
public sealed class EngineNamespace
{
    internal static readonly EngineNamespace Process = new();

    readonly ConcurrentDictionary<string, object?> _values = new(StringComparer.Ordinal);

    internal EngineNamespace()
    {
    }

    /// <summary>The names that have a value, in no order.</summary>
    public IReadOnlyCollection<string> Names => [.. _values.Keys];

    /// <summary>A value by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">Nothing has that name.</exception>
    public object? this[string name]
    {
        get => _values.TryGetValue(name, out var value)
            ? value
            : throw new KeyNotFoundException($"The engine's namespace has no value named '{name}'.");
        set => _values[name] = value;
    }

    /// <summary>A value by its name, made once if there is none.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="make">Makes the value; may run more than once when several tasks ask at the same time, but all get the same value.</param>
    /// <returns>The value.</returns>
    /// <exception cref="InvalidCastException">The name has a value of another type.</exception>
    public T GetOrAdd<T>(string name, Func<T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        return (T)_values.GetOrAdd(name, static (_, m) => m(), make)!;
    }

    /// <summary>A value by its name, if it has one of that type.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet<T>(string name, [MaybeNullWhen(false)] out T value)
    {
        if (_values.TryGetValue(name, out var found) && found is T typed)
        {
            value = typed;
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>Takes a name's value away.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it had one.</returns>
    public bool Remove(string name) => _values.TryRemove(name, out _);
}
