using System.Reflection;
using ActorParallel.Clients;
using ActorParallel.Engines;
using ActorParallel.Results;

namespace ActorParallel;

public abstract partial class EnginesView
{
    /// <summary>A value of the engines' namespaces: set on all of them, or read from each.</summary>
    /// <param name="name">A C# identifier.</param>
    /// <exception cref="ArgumentException">The name is not one.</exception>
    /// <exception cref="EnginesException">Some engines have no such value.</exception>
    public object? this[string name]
    {
        get => Pull<object?>(name);
        set => Push([new(name, value)]);
    }

    /// <summary>Gives values of the engines' namespaces: each property of an object is one, as in <c>Push(new { a = 2 })</c>.</summary>
    /// <param name="values">An object whose public properties are the names and values, or a dictionary of names.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When each engine has them.</returns>
    /// <exception cref="ArgumentException">A name is not a C# identifier, or there are none.</exception>
    public AsyncResult PushAsync(object values, CancellationToken cancellationToken = default) => PushAsync(NamedValues.Of(values), cancellationToken);

    /// <inheritdoc cref="PushAsync(object, CancellationToken)"/>
    public void Push(object values, CancellationToken cancellationToken = default) => Finish(PushAsync(values, cancellationToken));

    void Push(KeyValuePair<string, object?>[] values) => Finish(PushAsync(values, CancellationToken.None));

    AsyncEnginesResult<Nothing> PushAsync(KeyValuePair<string, object?>[] values, CancellationToken cancellationToken) =>
        Call<KeyValuePair<string, object?>[], Nothing>((Func<KeyValuePair<string, object?>[], Nothing>)NamespaceCalls.Push, TaskShape.Apply1, NamedValues.Checked(values), cancellationToken);

    /// <summary>Reads a value of each engine's namespace.</summary>
    /// <typeparam name="T">Its type. Numbers are converted where nothing is lost.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A value an engine.</returns>
    /// <exception cref="ArgumentException">The name is not a C# identifier.</exception>
    public AsyncEnginesResult<T> PullAsync<T>(string name, CancellationToken cancellationToken = default)
    {
        ScriptNames.Check(name, nameof(name));
        return Call<string, T>((Func<string, T>)NamespaceCalls.Pull<T>, TaskShape.Apply1, name, cancellationToken);
    }

    /// <inheritdoc cref="PullAsync{T}"/>
    /// <exception cref="EnginesException">Some engines have no such value, or one of another type.</exception>
    public T[] Pull<T>(string name, CancellationToken cancellationToken = default) => PullAsync<T>(name, cancellationToken).Get();

    /// <summary>Which names have a value on each engine.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The names, in alphabetical order, an engine.</returns>
    public AsyncEnginesResult<string[]> NamesAsync(CancellationToken cancellationToken = default) =>
        Call<Nothing, string[]>((Func<string[]>)NamespaceCalls.Names, TaskShape.Apply0, default, cancellationToken);

    /// <summary>Takes a name's value away on each engine.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it had one, an engine.</returns>
    /// <exception cref="ArgumentException">The name is not a C# identifier.</exception>
    public AsyncEnginesResult<bool> RemoveAsync(string name, CancellationToken cancellationToken = default)
    {
        ScriptNames.Check(name, nameof(name));
        return Call<string, bool>((Func<string, bool>)NamespaceCalls.Remove, TaskShape.Apply1, name, cancellationToken);
    }

    /// <summary>Takes all names' values away on each engine. Declared types, methods and imports stay.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many there were, an engine.</returns>
    public AsyncEnginesResult<int> ClearAsync(CancellationToken cancellationToken = default) =>
        Call<Nothing, int>((Func<int>)NamespaceCalls.Clear, TaskShape.Apply0, default, cancellationToken);

    /// <summary>Cuts a sequence into a part for each engine, which has it under a name as an array.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <param name="name">A C# identifier.</param>
    /// <param name="items">The sequence.</param>
    /// <param name="distribution">How it is cut.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When each engine has its part.</returns>
    /// <exception cref="ArgumentException">The name is not a C# identifier, or there are fewer items than engines.</exception>
    public AsyncResult ScatterAsync<T>(string name, IEnumerable<T> items, Distribution distribution = Distribution.Block, CancellationToken cancellationToken = default)
    {
        ScriptNames.Check(name, nameof(name));
        ArgumentNullException.ThrowIfNull(items);
        var targets = Resolve();
        var all = items as T[] ?? [.. items];
        if (all.Length < targets.Length)
            throw new ArgumentException($"{all.Length} item(s) can't be scattered over {targets.Length} engines: give at least as many, or take a view of fewer engines.", nameof(items));
        return CallEach<KeyValuePair<string, object?>[], Nothing>(
            targets, (Func<KeyValuePair<string, object?>[], Nothing>)NamespaceCalls.Push, TaskShape.Apply1,
            i => [new(name, Parts.Take(all, i, targets.Length, distribution))], cancellationToken);
    }

    /// <inheritdoc cref="ScatterAsync{T}"/>
    public void Scatter<T>(string name, IEnumerable<T> items, Distribution distribution = Distribution.Block, CancellationToken cancellationToken = default) =>
        Finish(ScatterAsync(name, items, distribution, cancellationToken));

    /// <summary>Puts the engines' parts of a sequence together again.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <param name="name">The name the parts have: of an array or other sequence; a single value counts as one item.</param>
    /// <param name="distribution">How it was cut.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sequence.</returns>
    /// <exception cref="ArgumentException">The name is not a C# identifier.</exception>
    public AsyncResult<T[]> GatherAsync<T>(string name, Distribution distribution = Distribution.Block, CancellationToken cancellationToken = default)
    {
        ScriptNames.Check(name, nameof(name));
        var parts = Call<string, T[]>((Func<string, T[]>)NamespaceCalls.Part<T>, TaskShape.Apply1, name, cancellationToken);
        return new CombinedResult<T[], T[]>(Executor, Options, parts, values => Parts.Join(values, distribution)).Start();
    }

    /// <inheritdoc cref="GatherAsync{T}"/>
    /// <exception cref="EnginesException">Some engines have no such value.</exception>
    public T[] Gather<T>(string name, Distribution distribution = Distribution.Block, CancellationToken cancellationToken = default) =>
        GatherAsync<T>(name, distribution, cancellationToken).Get();

    /// <summary>A value of an engine's namespace as an argument: each engine puts its own in its place.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="ArgumentException">The name is not a C# identifier.</exception>
    public static Reference<T> Reference<T>(string name) => new(name);

    private protected static void Finish(AsyncResult result)
    {
        result.Wait();
        result.ThrowIfNotSuccessful();
    }
}

/// <summary>A value of an engine's namespace, by its name: as an argument it is each engine's own. Immutable.</summary>
/// <typeparam name="T">Its type.</typeparam>
public sealed class Reference<T>
{
    internal Reference(string name)
    {
        ScriptNames.Check(name, nameof(name));
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The value on the engine that asks.</summary>
    internal T Value => NamespaceCalls.Pull<T>(Name);
}
