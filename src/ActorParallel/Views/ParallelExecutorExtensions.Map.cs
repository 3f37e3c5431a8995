using System.Runtime.CompilerServices;

namespace ActorParallel;

public static partial class ParallelExecutorExtensions
{
    /// <summary>Runs a function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The items.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, TResult> function, IEnumerable<T> items, CancellationToken cancellationToken = default) =>
        StartMap(executor, function, items, discard: false, cancellationToken);

    /// <summary>Runs a function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T, TResult}(IParallelExecutor, Func{T, TResult}, IEnumerable{T}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T, TResult>(
        this IParallelExecutor executor, Func<T, TResult> function, IEnumerable<T> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, items, cancellationToken).Get();

    /// <summary>Runs a function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The items; not copied on threads: leave them unchanged until the map has ended.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    [OverloadResolutionPriority(-1)]
    public static AsyncMapResult<TResult> MapAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, TResult> function, ReadOnlyMemory<T> items, CancellationToken cancellationToken = default) =>
        StartMap(executor, function, items, discard: false, cancellationToken);

    /// <summary>Runs a function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T, TResult}(IParallelExecutor, Func{T, TResult}, ReadOnlyMemory{T}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    [OverloadResolutionPriority(-1)]
    public static TResult[] Map<T, TResult>(
        this IParallelExecutor executor, Func<T, TResult> function, ReadOnlyMemory<T> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, items, cancellationToken).Get();

    /// <summary>Runs a function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The arguments, a tuple an item.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), items, cancellationToken);

    /// <summary>Runs a function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, TResult}(IParallelExecutor, Func{T1, T2, TResult}, IEnumerable{ValueTuple{T1, T2}}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, TResult> function, IEnumerable<(T1, T2)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, items, cancellationToken).Get();

    /// <summary>Runs a function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first arguments.</param>
    /// <param name="second">The second arguments.</param>
    /// <param name="cancellationToken">Cancels the map. Sequences end with the shortest.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, TResult> function, IEnumerable<T1> first, IEnumerable<T2> second, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), Zip(first, second), cancellationToken);

    /// <summary>Runs a function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, TResult}(IParallelExecutor, Func{T1, T2, TResult}, IEnumerable{T1}, IEnumerable{T2}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, TResult> function, IEnumerable<T1> first, IEnumerable<T2> second, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, first, second, cancellationToken).Get();

    /// <summary>Runs a function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="T3">The type of the third items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The arguments, a tuple an item.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, TResult> function, IEnumerable<(T1, T2, T3)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), items, cancellationToken);

    /// <summary>Runs a function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, T3, TResult}(IParallelExecutor, Func{T1, T2, T3, TResult}, IEnumerable{ValueTuple{T1, T2, T3}}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, TResult> function, IEnumerable<(T1, T2, T3)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, items, cancellationToken).Get();

    /// <summary>Runs a function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="T3">The type of the third items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first arguments.</param>
    /// <param name="second">The second arguments.</param>
    /// <param name="third">The third arguments.</param>
    /// <param name="cancellationToken">Cancels the map. Sequences end with the shortest.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, TResult> function, IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), Zip(first, second, third), cancellationToken);

    /// <summary>Runs a function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, T3, TResult}(IParallelExecutor, Func{T1, T2, T3, TResult}, IEnumerable{T1}, IEnumerable{T2}, IEnumerable{T3}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, TResult> function, IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, first, second, third, cancellationToken).Get();

    /// <summary>Runs a function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="T3">The type of the third items.</typeparam>
    /// <typeparam name="T4">The type of the fourth items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The arguments, a tuple an item.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, TResult> function, IEnumerable<(T1, T2, T3, T4)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), items, cancellationToken);

    /// <summary>Runs a function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, T3, T4, TResult}(IParallelExecutor, Func{T1, T2, T3, T4, TResult}, IEnumerable{ValueTuple{T1, T2, T3, T4}}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, TResult> function, IEnumerable<(T1, T2, T3, T4)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, items, cancellationToken).Get();

    /// <summary>Runs a function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="T3">The type of the third items.</typeparam>
    /// <typeparam name="T4">The type of the fourth items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first arguments.</param>
    /// <param name="second">The second arguments.</param>
    /// <param name="third">The third arguments.</param>
    /// <param name="fourth">The fourth arguments.</param>
    /// <param name="cancellationToken">Cancels the map. Sequences end with the shortest.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, TResult> function, IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third, IEnumerable<T4> fourth, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), Zip(first, second, third, fourth), cancellationToken);

    /// <summary>Runs a function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, T3, T4, TResult}(IParallelExecutor, Func{T1, T2, T3, T4, TResult}, IEnumerable{T1}, IEnumerable{T2}, IEnumerable{T3}, IEnumerable{T4}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, TResult> function, IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third, IEnumerable<T4> fourth, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, first, second, third, fourth, cancellationToken).Get();

    /// <summary>Runs an asynchronous function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The items.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T, TResult>(
        this IParallelExecutor executor, Func<T, Task<TResult>> function, IEnumerable<T> items, CancellationToken cancellationToken = default) =>
        StartMapAsync(executor, function, items, discard: false, cancellationToken);

    /// <summary>Runs an asynchronous function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T, TResult}(IParallelExecutor, Func{T, Task{TResult}}, IEnumerable{T}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T, TResult>(
        this IParallelExecutor executor, Func<T, Task<TResult>> function, IEnumerable<T> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, items, cancellationToken).Get();

    /// <summary>Runs an asynchronous function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The arguments, a tuple an item.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, Task<TResult>> function, IEnumerable<(T1, T2)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), items, cancellationToken);

    /// <summary>Runs an asynchronous function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, TResult}(IParallelExecutor, Func{T1, T2, Task{TResult}}, IEnumerable{ValueTuple{T1, T2}}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, Task<TResult>> function, IEnumerable<(T1, T2)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, items, cancellationToken).Get();

    /// <summary>Runs an asynchronous function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first arguments.</param>
    /// <param name="second">The second arguments.</param>
    /// <param name="cancellationToken">Cancels the map. Sequences end with the shortest.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, Task<TResult>> function, IEnumerable<T1> first, IEnumerable<T2> second, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), Zip(first, second), cancellationToken);

    /// <summary>Runs an asynchronous function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, TResult}(IParallelExecutor, Func{T1, T2, Task{TResult}}, IEnumerable{T1}, IEnumerable{T2}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, TResult>(
        this IParallelExecutor executor, Func<T1, T2, Task<TResult>> function, IEnumerable<T1> first, IEnumerable<T2> second, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, first, second, cancellationToken).Get();

    /// <summary>Runs an asynchronous function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="T3">The type of the third items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The arguments, a tuple an item.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, Task<TResult>> function, IEnumerable<(T1, T2, T3)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), items, cancellationToken);

    /// <summary>Runs an asynchronous function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, T3, TResult}(IParallelExecutor, Func{T1, T2, T3, Task{TResult}}, IEnumerable{ValueTuple{T1, T2, T3}}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, Task<TResult>> function, IEnumerable<(T1, T2, T3)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, items, cancellationToken).Get();

    /// <summary>Runs an asynchronous function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="T3">The type of the third items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first arguments.</param>
    /// <param name="second">The second arguments.</param>
    /// <param name="third">The third arguments.</param>
    /// <param name="cancellationToken">Cancels the map. Sequences end with the shortest.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, Task<TResult>> function, IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), Zip(first, second, third), cancellationToken);

    /// <summary>Runs an asynchronous function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, T3, TResult}(IParallelExecutor, Func{T1, T2, T3, Task{TResult}}, IEnumerable{T1}, IEnumerable{T2}, IEnumerable{T3}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, T3, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, Task<TResult>> function, IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, first, second, third, cancellationToken).Get();

    /// <summary>Runs an asynchronous function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="T3">The type of the third items.</typeparam>
    /// <typeparam name="T4">The type of the fourth items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="items">The arguments, a tuple an item.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, Task<TResult>> function, IEnumerable<(T1, T2, T3, T4)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), items, cancellationToken);

    /// <summary>Runs an asynchronous function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, T3, T4, TResult}(IParallelExecutor, Func{T1, T2, T3, T4, Task{TResult}}, IEnumerable{ValueTuple{T1, T2, T3, T4}}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, Task<TResult>> function, IEnumerable<(T1, T2, T3, T4)> items, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, items, cancellationToken).Get();

    /// <summary>Runs an asynchronous function on every item; returns at once. A lazy input is read as there is room.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="T3">The type of the third items.</typeparam>
    /// <typeparam name="T4">The type of the fourth items.</typeparam>
    /// <typeparam name="TResult">The type of the values.</typeparam>
    /// <param name="executor">The executor.</param>
    /// <param name="function">The function.</param>
    /// <param name="first">The first arguments.</param>
    /// <param name="second">The second arguments.</param>
    /// <param name="third">The third arguments.</param>
    /// <param name="fourth">The fourth arguments.</param>
    /// <param name="cancellationToken">Cancels the map. Sequences end with the shortest.</param>
    /// <returns>The values in input order, later; or the items as they come.</returns>
    public static AsyncMapResult<TResult> MapAsync<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, Task<TResult>> function, IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third, IEnumerable<T4> fourth, CancellationToken cancellationToken = default) =>
        MapAsync(executor, Unpack(function), Zip(first, second, third, fourth), cancellationToken);

    /// <summary>Runs an asynchronous function on every item and waits for all values.</summary>
    /// <inheritdoc cref="MapAsync{T1, T2, T3, T4, TResult}(IParallelExecutor, Func{T1, T2, T3, T4, Task{TResult}}, IEnumerable{T1}, IEnumerable{T2}, IEnumerable{T3}, IEnumerable{T4}, CancellationToken)" path="//typeparam|//param"/>
    /// <returns>The values, in input order.</returns>
    /// <exception cref="ParallelMapException{TResult}">Items failed; thrown after all have ended, with every value and every error.</exception>
    public static TResult[] Map<T1, T2, T3, T4, TResult>(
        this IParallelExecutor executor, Func<T1, T2, T3, T4, Task<TResult>> function, IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third, IEnumerable<T4> fourth, CancellationToken cancellationToken = default) =>
        MapAsync(executor, function, first, second, third, fourth, cancellationToken).Get();

    static Func<(T1, T2), TResult> Unpack<T1, T2, TResult>(Func<T1, T2, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return i => function(i.Item1, i.Item2);
    }

    static Func<(T1, T2), Task<TResult>> Unpack<T1, T2, TResult>(Func<T1, T2, Task<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return i => function(i.Item1, i.Item2);
    }

    static Func<(T1, T2, T3), TResult> Unpack<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return i => function(i.Item1, i.Item2, i.Item3);
    }

    static Func<(T1, T2, T3), Task<TResult>> Unpack<T1, T2, T3, TResult>(Func<T1, T2, T3, Task<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return i => function(i.Item1, i.Item2, i.Item3);
    }

    static Func<(T1, T2, T3, T4), TResult> Unpack<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return i => function(i.Item1, i.Item2, i.Item3, i.Item4);
    }

    static Func<(T1, T2, T3, T4), Task<TResult>> Unpack<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, Task<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return i => function(i.Item1, i.Item2, i.Item3, i.Item4);
    }

    static IEnumerable<(T1, T2)> Zip<T1, T2>(IEnumerable<T1> first, IEnumerable<T2> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return first.Zip(second);
    }

    static IEnumerable<(T1, T2, T3)> Zip<T1, T2, T3>(IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        return first.Zip(second, third);
    }

    static IEnumerable<(T1, T2, T3, T4)> Zip<T1, T2, T3, T4>(IEnumerable<T1> first, IEnumerable<T2> second, IEnumerable<T3> third, IEnumerable<T4> fourth)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        ArgumentNullException.ThrowIfNull(fourth);
        return first.Zip(second, third).Zip(fourth, static (a, b) => (a.First, a.Second, a.Third, b));
    }
}
