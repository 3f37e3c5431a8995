using ActorParallel.Clients;
using ActorParallel.Pools;

namespace ActorParallel;

/// <summary>
/// The engines of a cluster, whichever is free: the controller balances by load, runs lost tasks again and keeps tasks that kill engines away from the others.
/// The calls are those of every executor, in <see cref="ParallelExecutorExtensions"/>. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// LoadBalancedView tasks = client.LoadBalancedView();
/// int[] squares = await tasks.MapAsync(x => x * x, Enumerable.Range(0, 1_000_000));
/// AsyncResult&lt;Report&gt; r = tasks.With(retries: 3, timeout: TimeSpan.FromMinutes(1), label: "report", after: [one]).ApplyAsync(() => Build(day));
/// </code>
/// </example>
public sealed class LoadBalancedView : IParallelExecutor
{
    readonly ClusterExecutor _executor;

    internal LoadBalancedView(ClusterExecutor executor, TaskOptions options) => (_executor, Options) = (executor, options);

    /// <inheritdoc />
    public TaskOptions Options { get; }

    /// <summary>How many tasks the engines there are now run at the same time; 1 while there are none.</summary>
    public int Workers => _executor.Workers;

    PoolExecutor IParallelExecutor.Executor => _executor;

    IParallelExecutor IParallelExecutor.With(TaskOptions options) => With(options);

    /// <summary>The same view with other options for its calls.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The view.</returns>
    public LoadBalancedView With(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new LoadBalancedView(_executor, options);
    }

    /// <summary>The same view with options for its calls. What is not given stays as it is.</summary>
    /// <param name="retries">How often a task that threw is run again; see <see cref="TaskOptions.Retries"/>.</param>
    /// <param name="timeout">The longest one attempt may run; see <see cref="TaskOptions.Timeout"/>.</param>
    /// <param name="queueTimeout">The longest a task may wait before it starts; see <see cref="TaskOptions.QueueTimeout"/>.</param>
    /// <param name="label">A name for the tasks; see <see cref="TaskOptions.Label"/>.</param>
    /// <param name="chunkSize">How many items of a map travel together; see <see cref="TaskOptions.ChunkSize"/>.</param>
    /// <param name="priority">Higher starts first; see <see cref="TaskOptions.Priority"/>.</param>
    /// <param name="after">Results that must have succeeded before; for other conditions see <see cref="TaskDependency.After"/>.</param>
    /// <param name="follow">Results that must have succeeded before, on the engine that runs the task then; see <see cref="TaskDependency.Follow"/>.</param>
    /// <param name="targets">Engines the tasks may run on; see <see cref="TaskOptions.Targets"/>.</param>
    /// <param name="tags">What an engine must be tagged with; see <see cref="TaskOptions.Tags"/>.</param>
    /// <param name="resources">What a task holds of its engine's resources; see <see cref="TaskOptions.Resources"/>.</param>
    /// <param name="idempotent">A second copy does no harm; see <see cref="TaskOptions.Idempotent"/>.</param>
    /// <param name="engineLossRetries">How often a task may run again after its engine was lost; see <see cref="TaskOptions.EngineLossRetries"/>.</param>
    /// <param name="requires">Asked on the engine before the function is called; false moves the task to another; see <see cref="TaskOptions.Requires"/>.</param>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">A value can't be one.</exception>
    public LoadBalancedView With(
        int? retries = null, TimeSpan? timeout = null, TimeSpan? queueTimeout = null, string? label = null, int? chunkSize = null, int? priority = null,
        IEnumerable<AsyncResult>? after = null, IEnumerable<AsyncResult>? follow = null, IReadOnlyList<int>? targets = null,
        IReadOnlyList<string>? tags = null, IReadOnlyDictionary<string, double>? resources = null, bool? idempotent = null, int? engineLossRetries = null,
        Func<bool>? requires = null)
    {
        var now = Options;
        List<TaskDependency> dependencies = [.. now.Dependencies];
        if (after is not null) dependencies.Add(TaskDependency.After(after));
        if (follow is not null) dependencies.Add(TaskDependency.Follow(follow));
        return new LoadBalancedView(_executor, now with
        {
            Retries = retries ?? now.Retries,
            Timeout = timeout ?? now.Timeout,
            QueueTimeout = queueTimeout ?? now.QueueTimeout,
            Label = label ?? now.Label,
            ChunkSize = chunkSize ?? now.ChunkSize,
            Priority = priority ?? now.Priority,
            Targets = targets ?? now.Targets,
            Tags = tags ?? now.Tags,
            Resources = resources ?? now.Resources,
            Idempotent = idempotent ?? now.Idempotent,
            EngineLossRetries = engineLossRetries ?? now.EngineLossRetries,
            Dependencies = dependencies,
            Requires = requires ?? now.Requires,
        });
    }
}
