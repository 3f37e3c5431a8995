using ActorParallel.Clients;
using ActorParallel.Engines;
using ActorParallel.Results;

namespace ActorParallel;

/// <summary>
/// Some engines of a cluster, each asked for itself: C# code, values of their namespaces, functions. Calls on one engine run in the order they were made,
/// beside the tasks a <see cref="LoadBalancedView"/> has it run. <c>Execute</c>, <c>Pull</c> and so on wait; the same name with <c>Async</c> returns at once.
/// All calls throw <see cref="NoEnginesException"/> when there are no engines, <see cref="ArgumentException"/> for an engine that is not there,
/// <see cref="ShippingException"/> for what can't travel and <see cref="ObjectDisposedException"/> after the client was disposed. When engines fail, the result
/// does with an <see cref="EnginesException"/> that names each. An engine that is lost fails its part: a namespace can't run elsewhere. Thread-safe.
/// </summary>
public abstract partial class EnginesView
{
    readonly int[]? _targets;

    private protected EnginesView(ParallelClient client, int[]? targets) => (Client, _targets) = (client, targets);

    internal ParallelClient Client { get; }

    private protected ClusterExecutor Executor => Client.Executor;

    /// <summary>The engines, by id. A view of all engines looks again at each call.</summary>
    public IReadOnlyList<int> Targets => _targets ?? Client.Ids;

    private protected bool IsAll => _targets is null;

    /// <summary>The options of calls through this view: <see cref="TaskOptions.Timeout"/> and <see cref="TaskOptions.Label"/> count.</summary>
    public TaskOptions Options { get; private protected init; } = TaskOptions.Default;

    private protected int[] Resolve()
    {
        Executor.ThrowIfClosed();
        var engines = Executor.Shared.Engines;
        if (_targets is null)
            return engines.Count > 0
                ? [.. engines.Keys]
                : throw new NoEnginesException("The cluster has no engines: start some with 'apcluster engines add', or wait for them with WaitForEnginesAsync.");
        foreach (var id in _targets)
            if (!engines.ContainsKey(id)) throw Missing(id, engines.Keys);
        return _targets;
    }

    internal static ArgumentException Missing(int id, IEnumerable<int> there)
    {
        var ids = string.Join(", ", there.Take(20));
        return new ArgumentException($"There is no engine {id}: {(ids.Length > 0 ? $"the cluster has {ids}" : "the cluster has none")}. Look at client.Ids, or wait with WaitForEnginesAsync.");
    }

    /// <summary>The same call on each engine, written once.</summary>
    private protected AsyncEnginesResult<TResult> Call<T, TResult>(Delegate function, TaskShape shape, T argument, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        cancellationToken.ThrowIfCancellationRequested();
        var targets = Resolve();
        var parts = new EngineTask<T, TResult>[targets.Length];
        for (var i = 0; i < parts.Length; i++) parts[i] = new EngineTask<T, TResult>(Executor, Options, function, shape, argument);
        var result = new AsyncEnginesResult<TResult>(Executor, Options, targets, parts).Start();
        Executor.SubmitTo(targets, parts);
        return Cancelled(result, cancellationToken);
    }

    /// <summary>A call with an argument of its own for each engine.</summary>
    private protected AsyncEnginesResult<TResult> CallEach<T, TResult>(int[] targets, Delegate function, TaskShape shape, Func<int, T> argument, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var parts = new AsyncResult<TResult>[targets.Length];
        for (var i = 0; i < parts.Length; i++) parts[i] = new EngineTask<T, TResult>(Executor, Options, function, shape, argument(i));
        var result = new AsyncEnginesResult<TResult>(Executor, Options, targets, parts).Start();
        for (var i = 0; i < parts.Length; i++) Executor.SubmitTo([targets[i]], [(ITaskItem)parts[i]]);
        return Cancelled(result, cancellationToken);
    }

    private protected static TAsync Cancelled<TAsync>(TAsync result, CancellationToken cancellationToken)
        where TAsync : AsyncResult
    {
        if (!cancellationToken.CanBeCanceled) return result;
        var registration = cancellationToken.UnsafeRegister(static r => ((AsyncResult)r!).Cancel(), result);
        result.AddWaiter(new InlineCompletion(_ => registration.Unregister()));
        return result;
    }
}

/// <summary>Several engines, named; a value an engine. See <see cref="EnginesView"/> for the calls.</summary>
/// <example>
/// <code>
/// DirectView all = client.DirectView();
/// await all.ExecuteAsync("int a = 1;");
/// int[] a = await all.PullAsync&lt;int&gt;("a");
/// </code>
/// </example>
public sealed class DirectView : EnginesView
{
    internal DirectView(ParallelClient client, int[]? targets)
        : base(client, targets)
    {
    }

    /// <summary>Every so manieth engine of this view, from the first.</summary>
    /// <param name="step">1 for all, 2 for every second one.</param>
    /// <returns>A view of those there are now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The step is less than 1.</exception>
    public DirectView Every(int step)
    {
        Checks.AtLeast(step, 1, nameof(step));
        return new DirectView(Client, [.. Targets.Where((_, i) => i % step == 0)]) { Options = Options };
    }

    /// <summary>The same engines, with options for the calls.</summary>
    /// <param name="timeout">The longest a call may run on an engine.</param>
    /// <param name="label">A name for the calls.</param>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is zero or negative.</exception>
    public DirectView With(TimeSpan? timeout = null, string? label = null) =>
        new(Client, IsAll ? null : [.. Targets]) { Options = Options with { Timeout = timeout ?? Options.Timeout, Label = label ?? Options.Label } };
}

/// <summary>
/// All engines, or some, reached with one message from the client however many they are; what the message carries is written once. See
/// <see cref="EnginesView"/> for the calls.
/// </summary>
public sealed class BroadcastView : EnginesView
{
    internal BroadcastView(ParallelClient client, int[]? targets)
        : base(client, targets)
    {
    }
}

/// <summary>How a sequence is cut into parts.</summary>
public enum Distribution
{
    /// <summary>Parts of neighbours, as even as can be: the first ones have one more.</summary>
    Block,

    /// <summary>One item each in turn.</summary>
    RoundRobin,
}
