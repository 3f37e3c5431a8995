using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ActorParallel.Engines;

namespace ActorParallel;

/// <summary>
/// An engine's named values. They live as long as the engine's process: a replaced engine starts with none.
/// On threads all workers are one engine, in the program's own process. Thread-safe.
/// </summary>
/// <remarks>
/// The C# code that views send shares these names. A value is a variable of the next code that mentions it, and a variable declared
/// at the top of such code is a value here; what is assigned last is seen by both. A variable that code declared keeps its type as long
/// as it can hold what is set here; any other value redefines it. A value set here is a variable of its own type, where code can name that:
/// else of its nearest public base class or interface, else <c>dynamic</c>, through which its public members can be used.
/// </remarks>
public sealed class EngineNamespace
{
    internal static readonly EngineNamespace Process = new();

    readonly ConcurrentDictionary<string, object?> _values = new(StringComparer.Ordinal);

    // Held by whatever changes a name, so that no value goes to a variable that was just redefined.
    readonly Lock _changes = new();

    internal EngineNamespace()
    {
    }

    /// <summary>The names that have a value, in no order.</summary>
    public IReadOnlyCollection<string> Names => [.. _values.Keys];

    /// <summary>A value by its name.</summary>
    /// <param name="name">The name. C# code sees the values whose names are C# identifiers.</param>
    /// <exception cref="KeyNotFoundException">Nothing has that name.</exception>
    public object? this[string name]
    {
        get => _values.TryGetValue(name, out var value)
            ? Unwrap(value)
            : throw new KeyNotFoundException($"The engine's namespace has no value named '{name}'.");
        set
        {
            lock (_changes)
            {
                if (_values.TryGetValue(name, out var old) && old is INamespaceVariable variable && variable.TrySet(value)) return;
                _values[name] = value;
            }
        }
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
        if (_values.TryGetValue(name, out var value)) return (T)Unwrap(value)!;
        object? made = make();
        lock (_changes)
        {
            return (T)Unwrap(_values.GetOrAdd(name, made))!;
        }
    }

    /// <summary>A value by its name, if it has one of that type.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet<T>(string name, [MaybeNullWhen(false)] out T value)
    {
        if (_values.TryGetValue(name, out var found) && Unwrap(found) is T typed)
        {
            value = typed;
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>Takes a name's value away. A variable that code declared stays declared, with its type's default value.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it had one.</returns>
    public bool Remove(string name)
    {
        lock (_changes)
        {
            if (!_values.TryRemove(name, out var old)) return false;
            (old as INamespaceVariable)?.Clear();
            return true;
        }
    }

    /// <summary>A value that is no script's variable yet.</summary>
    internal bool TryGetUnlinked(string name, out object? value) => _values.TryGetValue(name, out value) && value is not INamespaceVariable;

    /// <summary>Makes a variable the one that has the name, whatever the name had.</summary>
    internal void Link(string name, INamespaceVariable variable)
    {
        lock (_changes)
        {
            _values[name] = variable;
        }
    }

    /// <summary>Makes a variable the one that has the name, if it can hold the name's value, which it then does.</summary>
    internal bool TryLink(string name, INamespaceVariable variable)
    {
        lock (_changes)
        {
            if (!TryGetUnlinked(name, out var value) || !variable.TrySet(value)) return false;
            _values[name] = variable;
            return true;
        }
    }

    /// <summary>The code gave the name to something else.</summary>
    internal void Unlink(string name)
    {
        lock (_changes)
        {
            _values.TryRemove(name, out _);
        }
    }

    static object? Unwrap(object? value) => value is INamespaceVariable variable ? variable.Value : value;
}
