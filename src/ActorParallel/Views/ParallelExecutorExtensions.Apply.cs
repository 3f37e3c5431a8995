using ActorParallel.Engines;
using ActorParallel.Results;

namespace ActorParallel;

public static partial class ParallelExecutorExtensions
{
    /// <summary>Runs a function as a task; returns at once.</summary>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<TResult>(
        this IParallelExecutor executor, Func<TResult> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply0<TResult>(executor.Executor, executor.Options, function), cancellationToken);
    }

    /// <summary>Runs a function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{TResult}(IParallelExecutor, Func{TResult}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<TResult>(
        this IParallelExecutor executor, Func<TResult> function, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, cancellationToken).Get();

    /// <summary>Runs an asynchronous function as a task; returns at once.</summary>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<TResult>(
        this IParallelExecutor executor, Func<Task<TResult>> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply0Async<TResult>(executor.Executor, executor.Options, function), cancellationToken);
    }

    /// <summary>Runs an asynchronous function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{TResult}(IParallelExecutor, Func{Task{TResult}}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<TResult>(
        this IParallelExecutor executor, Func<Task<TResult>> function, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, cancellationToken).Get();

    /// <summary>Runs a function as a task; returns at once.</summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, TResult> function, T argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply1<T, TResult>(executor.Executor, executor.Options, function, argument), cancellationToken);
    }

    /// <summary>Runs a function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{T, TResult}(IParallelExecutor, Func{T, TResult}, T, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<T, TResult>(
        this IParallelExecutor executor, Func<T, TResult> function, T argument, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, argument, cancellationToken).Get();

    /// <summary>Runs an asynchronous function as a task; returns at once.</summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, Task<TResult>> function, T argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply1Async<T, TResult>(executor.Executor, executor.Options, function, argument), cancellationToken);
    }

    /// <summary>Runs an asynchronous function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{T, TResult}(IParallelExecutor, Func{T, Task{TResult}}, T, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<T, TResult>(
        this IParallelExecutor executor, Func<T, Task<TResult>> function, T argument, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, argument, cancellationToken).Get();

    /// <summary>Runs a function as a task; returns at once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, TResult> function, T1 first, T2 second, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply1<(T1, T2), TResult>(executor.Executor, executor.Options, a => function(a.Item1, a.Item2), (first, second)), cancellationToken);
    }

    /// <summary>Runs a function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{T1, T2, TResult}(IParallelExecutor, Func{T1, T2, TResult}, T1, T2, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, TResult> function, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, first, second, cancellationToken).Get();

    /// <summary>Runs an asynchronous function as a task; returns at once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, Task<TResult>> function, T1 first, T2 second, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply1Async<(T1, T2), TResult>(executor.Executor, executor.Options, a => function(a.Item1, a.Item2), (first, second)), cancellationToken);
    }

    /// <summary>Runs an asynchronous function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{T1, T2, TResult}(IParallelExecutor, Func{T1, T2, Task{TResult}}, T1, T2, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, Task<TResult>> function, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, first, second, cancellationToken).Get();

    /// <summary>Runs a function as a task; returns at once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, TResult> function, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply1<(T1, T2, T3), TResult>(executor.Executor, executor.Options, a => function(a.Item1, a.Item2, a.Item3), (first, second, third)), cancellationToken);
    }

    /// <summary>Runs a function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{T1, T2, T3, TResult}(IParallelExecutor, Func{T1, T2, T3, TResult}, T1, T2, T3, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, TResult> function, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, first, second, third, cancellationToken).Get();

    /// <summary>Runs an asynchronous function as a task; returns at once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, Task<TResult>> function, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply1Async<(T1, T2, T3), TResult>(executor.Executor, executor.Options, a => function(a.Item1, a.Item2, a.Item3), (first, second, third)), cancellationToken);
    }

    /// <summary>Runs an asynchronous function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{T1, T2, T3, TResult}(IParallelExecutor, Func{T1, T2, T3, Task{TResult}}, T1, T2, T3, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, Task<TResult>> function, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, first, second, third, cancellationToken).Get();

    /// <summary>Runs a function as a task; returns at once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <typeparam name="T4">The type of the fourth argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="fourth">The fourth argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, TResult> function, T1 first, T2 second, T3 third, T4 fourth, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply1<(T1, T2, T3, T4), TResult>(executor.Executor, executor.Options, a => function(a.Item1, a.Item2, a.Item3, a.Item4), (first, second, third, fourth)), cancellationToken);
    }

    /// <summary>Runs a function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{T1, T2, T3, T4, TResult}(IParallelExecutor, Func{T1, T2, T3, T4, TResult}, T1, T2, T3, T4, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, TResult> function, T1 first, T2 second, T3 third, T4 fourth, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, first, second, third, fourth, cancellationToken).Get();

    /// <summary>Runs an asynchronous function as a task; returns at once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <typeparam name="T4">The type of the fourth argument.</typeparam>
    /// <typeparam name="TResult">The type of the value.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="fourth">The fourth argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>The value, later.</returns>
    public static AsyncResult<TResult> ApplyAsync<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, Task<TResult>> function, T1 first, T2 second, T3 third, T4 fourth, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(function);
        return Submit(executor.Executor, new Apply1Async<(T1, T2, T3, T4), TResult>(executor.Executor, executor.Options, a => function(a.Item1, a.Item2, a.Item3, a.Item4), (first, second, third, fourth)), cancellationToken);
    }

    /// <summary>Runs an asynchronous function as a task and waits for its value.</summary>
    /// <inheritdoc cref="ApplyAsync{T1, T2, T3, T4, TResult}(IParallelExecutor, Func{T1, T2, T3, T4, Task{TResult}}, T1, T2, T3, T4, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The value.</returns>
    /// <exception cref="Exception">Whatever the function threw, as itself.</exception>
    public static TResult Apply<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, Task<TResult>> function, T1 first, T2 second, T3 third, T4 fourth, CancellationToken cancellationToken = default) =>
        ApplyAsync(executor, function, first, second, third, fourth, cancellationToken).Get();

    /// <summary>Runs an action as a task; returns at once.</summary>
    /// <param name="executor">The executor.</param>
    /// <param name="action">The action.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>Its end, later.</returns>
    public static AsyncResult ApplyAsync(
        this IParallelExecutor executor, Action action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(action);
        return Submit(executor.Executor, new Apply0<Nothing>(executor.Executor, executor.Options, () => { action(); return default(Nothing); }), cancellationToken);
    }

    /// <summary>Runs an action as a task and waits until it has ended.</summary>
    /// <inheritdoc cref="ApplyAsync(IParallelExecutor, Action, CancellationToken)" path="//typeparam|//param"/>
    /// <exception cref="Exception">Whatever the action threw, as itself.</exception>
    public static void Apply(
        this IParallelExecutor executor, Action action, CancellationToken cancellationToken = default)
    {
        var result = ApplyAsync(executor, action, cancellationToken);
        result.Wait();
        result.ThrowIfNotSuccessful();
    }

    /// <summary>Runs an asynchronous action as a task; returns at once.</summary>
    /// <param name="executor">The executor.</param>
    /// <param name="action">The action.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>Its end, later.</returns>
    public static AsyncResult ApplyAsync(
        this IParallelExecutor executor, Func<Task> action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(action);
        return Submit(executor.Executor, new Apply0Async<Nothing>(executor.Executor, executor.Options, async () => { await action().ConfigureAwait(false); return default(Nothing); }), cancellationToken);
    }

    /// <summary>Runs an asynchronous action as a task and waits until it has ended.</summary>
    /// <inheritdoc cref="ApplyAsync(IParallelExecutor, Func{Task}, CancellationToken)" path="//typeparam|//param"/>
    /// <exception cref="Exception">Whatever the action threw, as itself.</exception>
    public static void Apply(
        this IParallelExecutor executor, Func<Task> action, CancellationToken cancellationToken = default)
    {
        var result = ApplyAsync(executor, action, cancellationToken);
        result.Wait();
        result.ThrowIfNotSuccessful();
    }

    /// <summary>Runs an action as a task; returns at once.</summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="action">The action.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>Its end, later.</returns>
    public static AsyncResult ApplyAsync<T>(
        this IParallelExecutor executor, Action<T> action, T argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(action);
        return Submit(executor.Executor, new Apply1<T, Nothing>(executor.Executor, executor.Options, a => { action(a); return default(Nothing); }, argument), cancellationToken);
    }

    /// <summary>Runs an action as a task and waits until it has ended.</summary>
    /// <inheritdoc cref="ApplyAsync{T}(IParallelExecutor, Action{T}, T, CancellationToken)" path="//typeparam|//param"/>
    /// <exception cref="Exception">Whatever the action threw, as itself.</exception>
    public static void Apply<T>(
        this IParallelExecutor executor, Action<T> action, T argument, CancellationToken cancellationToken = default)
    {
        var result = ApplyAsync(executor, action, argument, cancellationToken);
        result.Wait();
        result.ThrowIfNotSuccessful();
    }

    /// <summary>Runs an asynchronous action as a task; returns at once.</summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="action">The action.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>Its end, later.</returns>
    public static AsyncResult ApplyAsync<T>(
        this IParallelExecutor executor, Func<T, Task> action, T argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(action);
        return Submit(executor.Executor, new Apply1Async<T, Nothing>(executor.Executor, executor.Options, async a => { await action(a).ConfigureAwait(false); return default(Nothing); }, argument), cancellationToken);
    }

    /// <summary>Runs an asynchronous action as a task and waits until it has ended.</summary>
    /// <inheritdoc cref="ApplyAsync{T}(IParallelExecutor, Func{T, Task}, T, CancellationToken)" path="//typeparam|//param"/>
    /// <exception cref="Exception">Whatever the action threw, as itself.</exception>
    public static void Apply<T>(
        this IParallelExecutor executor, Func<T, Task> action, T argument, CancellationToken cancellationToken = default)
    {
        var result = ApplyAsync(executor, action, argument, cancellationToken);
        result.Wait();
        result.ThrowIfNotSuccessful();
    }

    /// <summary>Runs an action as a task; returns at once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="action">The action.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>Its end, later.</returns>
    public static AsyncResult ApplyAsync<T1, T2>(
        this IParallelExecutor executor, Action<T1, T2> action, T1 first, T2 second, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(action);
        return Submit(executor.Executor, new Apply1<(T1, T2), Nothing>(executor.Executor, executor.Options, a => { action(a.Item1, a.Item2); return default(Nothing); }, (first, second)), cancellationToken);
    }

    /// <summary>Runs an action as a task and waits until it has ended.</summary>
    /// <inheritdoc cref="ApplyAsync{T1, T2}(IParallelExecutor, Action{T1, T2}, T1, T2, CancellationToken)" path="//typeparam|//param"/>
    /// <exception cref="Exception">Whatever the action threw, as itself.</exception>
    public static void Apply<T1, T2>(
        this IParallelExecutor executor, Action<T1, T2> action, T1 first, T2 second, CancellationToken cancellationToken = default)
    {
        var result = ApplyAsync(executor, action, first, second, cancellationToken);
        result.Wait();
        result.ThrowIfNotSuccessful();
    }

    /// <summary>Runs an asynchronous action as a task; returns at once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="action">The action.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>Its end, later.</returns>
    public static AsyncResult ApplyAsync<T1, T2>(
        this IParallelExecutor executor, Func<T1, T2, Task> action, T1 first, T2 second, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(action);
        return Submit(executor.Executor, new Apply1Async<(T1, T2), Nothing>(executor.Executor, executor.Options, async a => { await action(a.Item1, a.Item2).ConfigureAwait(false); return default(Nothing); }, (first, second)), cancellationToken);
    }

    /// <summary>Runs an asynchronous action as a task and waits until it has ended.</summary>
    /// <inheritdoc cref="ApplyAsync{T1, T2}(IParallelExecutor, Func{T1, T2, Task}, T1, T2, CancellationToken)" path="//typeparam|//param"/>
    /// <exception cref="Exception">Whatever the action threw, as itself.</exception>
    public static void Apply<T1, T2>(
        this IParallelExecutor executor, Func<T1, T2, Task> action, T1 first, T2 second, CancellationToken cancellationToken = default)
    {
        var result = ApplyAsync(executor, action, first, second, cancellationToken);
        result.Wait();
        result.ThrowIfNotSuccessful();
    }
}
