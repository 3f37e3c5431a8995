using ActorParallel.Clients;
using ActorParallel.Engines;
using ActorParallel.Results;

namespace ActorParallel;

/// <summary>
/// One engine of a cluster: as a <see cref="DirectView"/>, with values where that has arrays, and an engine's errors as themselves. Calls run in the order they were made.
/// They throw <see cref="ArgumentException"/> when the engine is not there. Thread-safe.
/// </summary>
public sealed class EngineView
{
    readonly DirectView _view;

    internal EngineView(DirectView view, int id) => (_view, Id) = (view, id);

    /// <summary>The engine's id.</summary>
    public int Id { get; }

    /// <summary>A value of the engine's namespace.</summary>
    /// <param name="name">A C# identifier.</param>
    /// <exception cref="ArgumentException">The name is not one.</exception>
    /// <exception cref="KeyNotFoundException">Nothing has that name.</exception>
    public object? this[string name]
    {
        get => Pull<object?>(name);
        set => _view[name] = value;
    }

    /// <summary>The same engine, with options for the calls.</summary>
    /// <param name="timeout">The longest a call may run.</param>
    /// <param name="label">A name for the calls.</param>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is zero or negative.</exception>
    public EngineView With(TimeSpan? timeout = null, string? label = null) => new(_view.With(timeout, label), Id);

    /// <inheritdoc cref="EnginesView.ExecuteAsync"/>
    public AsyncResult ExecuteAsync(string code, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        return One(_view.ExecuteCore(code, null, cancellationToken));
    }

    /// <inheritdoc cref="EnginesView.ExecuteAsync"/>
    /// <exception cref="ScriptException">It does not compile.</exception>
    public void Execute(string code, CancellationToken cancellationToken = default) => Finish(ExecuteAsync(code, cancellationToken));

    /// <inheritdoc cref="EnginesView.RunFileAsync"/>
    public AsyncResult RunFileAsync(string path, CancellationToken cancellationToken = default) => One((AsyncEnginesResult<Nothing>)_view.RunFileAsync(path, cancellationToken));

    /// <inheritdoc cref="EnginesView.RunFileAsync"/>
    public void RunFile(string path, CancellationToken cancellationToken = default) => Finish(RunFileAsync(path, cancellationToken));

    /// <summary>The value of a C# expression.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="expression">The expression; statements may come before it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The value.</returns>
    public AsyncResult<T> EvaluateAsync<T>(string expression, CancellationToken cancellationToken = default) => One(_view.EvaluateAsync<T>(expression, cancellationToken));

    /// <inheritdoc cref="EvaluateAsync{T}"/>
    public T Evaluate<T>(string expression, CancellationToken cancellationToken = default) => EvaluateAsync<T>(expression, cancellationToken).Get();

    /// <inheritdoc cref="EnginesView.PushAsync(object, CancellationToken)"/>
    public AsyncResult PushAsync(object values, CancellationToken cancellationToken = default) => One((AsyncEnginesResult<Nothing>)_view.PushAsync(values, cancellationToken));

    /// <inheritdoc cref="EnginesView.PushAsync(object, CancellationToken)"/>
    public void Push(object values, CancellationToken cancellationToken = default) => Finish(PushAsync(values, cancellationToken));

    /// <summary>Reads a value of the engine's namespace.</summary>
    /// <typeparam name="T">Its type. Numbers are converted where nothing is lost.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The name is not a C# identifier.</exception>
    public AsyncResult<T> PullAsync<T>(string name, CancellationToken cancellationToken = default) => One(_view.PullAsync<T>(name, cancellationToken));

    /// <inheritdoc cref="PullAsync{T}"/>
    /// <exception cref="KeyNotFoundException">Nothing has that name.</exception>
    public T Pull<T>(string name, CancellationToken cancellationToken = default) => PullAsync<T>(name, cancellationToken).Get();

    /// <inheritdoc cref="EnginesView.NamesAsync"/>
    public AsyncResult<string[]> NamesAsync(CancellationToken cancellationToken = default) => One(_view.NamesAsync(cancellationToken));

    /// <inheritdoc cref="EnginesView.RemoveAsync"/>
    public AsyncResult<bool> RemoveAsync(string name, CancellationToken cancellationToken = default) => One(_view.RemoveAsync(name, cancellationToken));

    /// <inheritdoc cref="EnginesView.ClearAsync"/>
    public AsyncResult<int> ClearAsync(CancellationToken cancellationToken = default) => One(_view.ClearAsync(cancellationToken));

    /// <summary>Runs a function on the engine.</summary>
    /// <typeparam name="TResult">The type of its value.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The value.</returns>
    public AsyncResult<TResult> ApplyAsync<TResult>(Func<TResult> function, CancellationToken cancellationToken = default) => One(_view.ApplyAsync(function, cancellationToken));

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<TResult>(Func<Task<TResult>> function, CancellationToken cancellationToken = default) => One(_view.ApplyAsync(function, cancellationToken));

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, CancellationToken)"/>
    public TResult Apply<TResult>(Func<TResult> function, CancellationToken cancellationToken = default) => ApplyAsync(function, cancellationToken).Get();

    /// <summary>Runs a function on the engine.</summary>
    /// <typeparam name="T">The type of its argument.</typeparam>
    /// <typeparam name="TResult">The type of its value.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The value.</returns>
    public AsyncResult<TResult> ApplyAsync<T, TResult>(Func<T, TResult> function, T argument, CancellationToken cancellationToken = default) => One(_view.ApplyAsync(function, argument, cancellationToken));

    /// <inheritdoc cref="ApplyAsync{T, TResult}(Func{T, TResult}, T, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T, TResult>(Func<T, Task<TResult>> function, T argument, CancellationToken cancellationToken = default) => One(_view.ApplyAsync(function, argument, cancellationToken));

    /// <inheritdoc cref="EnginesView.ApplyAsync{T, TResult}(Func{T, TResult}, Reference{T}, CancellationToken)"/>
    public AsyncResult<TResult> ApplyAsync<T, TResult>(Func<T, TResult> function, Reference<T> argument, CancellationToken cancellationToken = default) => One(_view.ApplyAsync(function, argument, cancellationToken));

    /// <inheritdoc cref="ApplyAsync{T, TResult}(Func{T, TResult}, T, CancellationToken)"/>
    public TResult Apply<T, TResult>(Func<T, TResult> function, T argument, CancellationToken cancellationToken = default) => ApplyAsync(function, argument, cancellationToken).Get();

    static AsyncResult<T> One<T>(AsyncEnginesResult<T> result) => result.Parts[0];

    static void Finish(AsyncResult result)
    {
        result.Wait();
        result.ThrowIfNotSuccessful();
    }
}
