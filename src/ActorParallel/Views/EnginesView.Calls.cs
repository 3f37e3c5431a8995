using ActorParallel.Clients;
using ActorParallel.Engines;
using ActorParallel.Results;

namespace ActorParallel;

public abstract partial class EnginesView
{
    /// <summary>Runs C# code in each engine's namespace. Variables, methods, types and usings stay; <c>await</c> is allowed.</summary>
    /// <param name="code">Statements, as in a C# script.</param>
    /// <param name="cancellationToken">Cancels the call. Code that does not look at its token ends with its engine after the grace period.</param>
    /// <returns>When it has run on each engine; what it wrote to the console is in <see cref="AsyncResult.Outputs"/>. Code that does not compile is a <see cref="ScriptException"/> of each engine.</returns>
    public AsyncResult ExecuteAsync(string code, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        return ExecuteCore(code, null, cancellationToken);
    }

    internal AsyncEnginesResult<Nothing> ExecuteCore(string code, string? file, CancellationToken cancellationToken) =>
        Call<(string, string?), Nothing>((Func<(string, string?), Task<Nothing>>)NamespaceCalls.ExecuteAsync, TaskShape.Apply1Async, (code, file), cancellationToken);

    /// <summary>As a prompt runs code: each engine's value as text, null where there is none.</summary>
    internal AsyncEnginesResult<string?> InteractAsync(string code, CancellationToken cancellationToken) =>
        Call<string, string?>((Func<string, Task<string?>>)NamespaceCalls.InteractAsync, TaskShape.Apply1Async, code, cancellationToken);

    /// <inheritdoc cref="ExecuteAsync"/>
    /// <exception cref="EnginesException">It failed on some engines.</exception>
    public void Execute(string code, CancellationToken cancellationToken = default) => Finish(ExecuteAsync(code, cancellationToken));

    /// <summary>Runs a file of C# code, read here, in each engine's namespace.</summary>
    /// <param name="path">The file, on this machine.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When it has run on each engine.</returns>
    /// <exception cref="FileNotFoundException">The file is not there.</exception>
    public AsyncResult RunFileAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var full = Path.GetFullPath(path);
        if (!File.Exists(full)) throw new FileNotFoundException($"The file '{full}' is not there: it is read on this machine, not on the engines'.", full);
        return ExecuteCore(File.ReadAllText(full), full, cancellationToken);
    }

    /// <inheritdoc cref="RunFileAsync"/>
    /// <exception cref="EnginesException">It failed on some engines.</exception>
    public void RunFile(string path, CancellationToken cancellationToken = default) => Finish(RunFileAsync(path, cancellationToken));

    /// <summary>The value of a C# expression on each engine.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="expression">The expression; statements may come before it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A value an engine.</returns>
    public AsyncEnginesResult<T> EvaluateAsync<T>(string expression, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return Call<string, T>((Func<string, Task<T>>)NamespaceCalls.EvaluateAsync<T>, TaskShape.Apply1Async, expression, cancellationToken);
    }

    /// <inheritdoc cref="EvaluateAsync{T}"/>
    /// <exception cref="EnginesException">It failed on some engines.</exception>
    public T[] Evaluate<T>(string expression, CancellationToken cancellationToken = default) => EvaluateAsync<T>(expression, cancellationToken).Get();

    /// <summary>What all later code on these engines is compiled with.</summary>
    /// <param name="namespaces">As after <c>using</c>.</param>
    /// <param name="references">As after <c>#r</c>: a file's path on the engine's machine, or an assembly's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When each engine has them.</returns>
    public AsyncResult ImportAsync(IEnumerable<string> namespaces, IEnumerable<string>? references = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(namespaces);
        return Call<(string[], string[]), Nothing>(
            (Func<(string[], string[]), Nothing>)NamespaceCalls.Import, TaskShape.Apply1, ([.. namespaces], [.. references ?? []]), cancellationToken);
    }

    /// <summary>Runs a function on each engine.</summary>
    /// <typeparam name="TResult">The type of its value.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A value an engine.</returns>
    public AsyncEnginesResult<TResult> ApplyAsync<TResult>(Func<TResult> function, CancellationToken cancellationToken = default) =>
        Call<Nothing, TResult>(function, TaskShape.Apply0, default, cancellationToken);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, CancellationToken)"/>
    public AsyncEnginesResult<TResult> ApplyAsync<TResult>(Func<Task<TResult>> function, CancellationToken cancellationToken = default) =>
        Call<Nothing, TResult>(function, TaskShape.Apply0Async, default, cancellationToken);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, CancellationToken)"/>
    /// <exception cref="EnginesException">It failed on some engines.</exception>
    public TResult[] Apply<TResult>(Func<TResult> function, CancellationToken cancellationToken = default) => ApplyAsync(function, cancellationToken).Get();

    /// <summary>Runs a function on each engine.</summary>
    /// <typeparam name="T">The type of its argument.</typeparam>
    /// <typeparam name="TResult">The type of its value.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="argument">The argument; written once.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A value an engine.</returns>
    public AsyncEnginesResult<TResult> ApplyAsync<T, TResult>(Func<T, TResult> function, T argument, CancellationToken cancellationToken = default) =>
        Call<T, TResult>(function, TaskShape.Apply1, argument, cancellationToken);

    /// <inheritdoc cref="ApplyAsync{T, TResult}(Func{T, TResult}, T, CancellationToken)"/>
    public AsyncEnginesResult<TResult> ApplyAsync<T, TResult>(Func<T, Task<TResult>> function, T argument, CancellationToken cancellationToken = default) =>
        Call<T, TResult>(function, TaskShape.Apply1Async, argument, cancellationToken);

    /// <summary>Runs a function on each engine, with a value of that engine's namespace.</summary>
    /// <typeparam name="T">The type of its argument.</typeparam>
    /// <typeparam name="TResult">The type of its value.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="argument">The name of the value; see <see cref="Reference{T}(string)"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A value an engine.</returns>
    public AsyncEnginesResult<TResult> ApplyAsync<T, TResult>(Func<T, TResult> function, Reference<T> argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(argument);
        return Call<Nothing, TResult>((Func<TResult>)(() => function(argument.Value)), TaskShape.Apply0, default, cancellationToken);
    }

    /// <inheritdoc cref="ApplyAsync{T, TResult}(Func{T, TResult}, T, CancellationToken)"/>
    /// <exception cref="EnginesException">It failed on some engines.</exception>
    public TResult[] Apply<T, TResult>(Func<T, TResult> function, T argument, CancellationToken cancellationToken = default) => ApplyAsync(function, argument, cancellationToken).Get();

    /// <inheritdoc cref="ApplyAsync{T, TResult}(Func{T, TResult}, Reference{T}, CancellationToken)"/>
    /// <exception cref="EnginesException">It failed on some engines.</exception>
    public TResult[] Apply<T, TResult>(Func<T, TResult> function, Reference<T> argument, CancellationToken cancellationToken = default) => ApplyAsync(function, argument, cancellationToken).Get();

    /// <summary>Runs a function on each engine.</summary>
    /// <typeparam name="T1">The type of its first argument.</typeparam>
    /// <typeparam name="T2">The type of its second argument.</typeparam>
    /// <typeparam name="TResult">The type of its value.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument; written once.</param>
    /// <param name="second">The second argument; written once.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A value an engine.</returns>
    public AsyncEnginesResult<TResult> ApplyAsync<T1, T2, TResult>(Func<T1, T2, TResult> function, T1 first, T2 second, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Call<(T1, T2), TResult>((Func<(T1, T2), TResult>)(a => function(a.Item1, a.Item2)), TaskShape.Apply1, (first, second), cancellationToken);
    }

    /// <inheritdoc cref="ApplyAsync{T1, T2, TResult}"/>
    /// <exception cref="EnginesException">It failed on some engines.</exception>
    public TResult[] Apply<T1, T2, TResult>(Func<T1, T2, TResult> function, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        ApplyAsync(function, first, second, cancellationToken).Get();

    /// <summary>Calls a function for every item: each engine has one block of neighbours, nothing is balanced. For balance take a <see cref="LoadBalancedView"/>.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <typeparam name="TResult">The type of a value.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="items">The items.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A value an item, in order. When items failed, a <see cref="ParallelMapException{T}"/> with the others' values.</returns>
    public AsyncResult<TResult[]> MapAsync<T, TResult>(Func<T, TResult> function, IEnumerable<T> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(items);
        var all = items as T[] ?? [.. items];
        var targets = Resolve();
        if (all.Length == 0) targets = targets[..1];
        if (all.Length > 0 && all.Length < targets.Length) targets = targets[..all.Length];
        var parts = new AsyncResult<ChunkOutcome<TResult>>[targets.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var (start, length) = Parts.Block(all.Length, i, parts.Length);
            parts[i] = new ChunkTask<T, TResult>(Executor, Options, function, all.AsMemory(start, length), start, discard: false);
        }
        var outcomes = new AsyncEnginesResult<ChunkOutcome<TResult>>(Executor, Options, targets, parts).Start();
        for (var i = 0; i < parts.Length; i++) Executor.SubmitTo([targets[i]], [(ITaskItem)parts[i]]);
        return Cancelled(new CombinedResult<ChunkOutcome<TResult>, TResult[]>(Executor, Options, outcomes, Join).Start(), cancellationToken);
    }

    static TResult[] Join<TResult>(ChunkOutcome<TResult>[] chunks)
    {
        var values = Parts.Join([.. chunks.Select(c => c.Values)], Distribution.Block);
        var errors = new SortedDictionary<int, Exception>();
        var start = 0;
        foreach (var chunk in chunks)
        {
            foreach (var (index, error) in chunk.Errors ?? []) errors[start + index] = error;
            start += chunk.Values.Length;
        }
        return errors.Count == 0 ? values : throw new ParallelMapException<TResult>(values, errors, errors.First().Key);
    }

    /// <inheritdoc cref="MapAsync{T, TResult}"/>
    public TResult[] Map<T, TResult>(Func<T, TResult> function, IEnumerable<T> items, CancellationToken cancellationToken = default) => MapAsync(function, items, cancellationToken).Get();

    /// <summary>A function that runs here as a call on each engine.</summary>
    /// <typeparam name="T">The type of its argument.</typeparam>
    /// <typeparam name="TResult">The type of its value.</typeparam>
    /// <param name="function">What runs on the engines.</param>
    /// <returns>What to call here.</returns>
    public Func<T, AsyncEnginesResult<TResult>> Remote<T, TResult>(Func<T, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return argument => ApplyAsync(function, argument);
    }

    /// <summary>A function of a whole sequence that runs here as a call on each engine with its block.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <typeparam name="TResult">The type of a value.</typeparam>
    /// <param name="function">What runs on the engines, with a block each; its values are joined in order.</param>
    /// <returns>What to call here.</returns>
    public Func<IEnumerable<T>, AsyncResult<TResult[]>> Parallel<T, TResult>(Func<T[], TResult[]> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return items =>
        {
            var all = items as T[] ?? [.. items];
            var targets = Resolve();
            var parts = CallEach<T[], TResult[]>(targets, function, TaskShape.Apply1, i => Parts.Take(all, i, targets.Length, Distribution.Block), CancellationToken.None);
            return new CombinedResult<TResult[], TResult[]>(Executor, Options, parts, values => Parts.Join(values, Distribution.Block)).Start();
        };
    }
}
