using ActorParallel.Pools;
using ActorParallel.Results;
using ActorParallel.Telemetry;
using Akka.Actor;
using Akka.Configuration;

namespace ActorParallel;

/// <summary>
/// A pool of workers: threads of this process, or processes of their own; the calls are the same and stand in <see cref="ParallelExecutorExtensions"/>.
/// A controller actor supervises a router pool of worker actors. Thread-safe. Disposing it terminates it, within bounded time.
/// </summary>
/// <example>
/// <code>
/// using var pool = new ParallelPool();
/// int[] squares = pool.Map(x => x * x, [0, 1, 2, 3, 4]);
/// </code>
/// </example>
public sealed class ParallelPool : IParallelExecutor, IDisposable, IAsyncDisposable
{
    readonly PoolExecutor _executor;
    readonly TimeSpan _disposeTimeout;
    int _disposed;
    Task? _shutdown;

    /// <summary>Makes a pool of threads with its own actor system: one worker a core.</summary>
    public ParallelPool()
        : this((ParallelPoolOptions?)null)
    {
    }

    /// <summary>Makes a pool of threads with its own actor system.</summary>
    /// <param name="workers">How many workers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is zero or negative.</exception>
    public ParallelPool(int workers)
        : this(new ParallelPoolOptions { Workers = workers })
    {
    }

    /// <summary>Makes a pool of threads with its own actor system.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="config">HOCON with a section <c>actor-parallel.pool</c>, below the options; null for none.</param>
    /// <exception cref="ArgumentException">An option has a value it can't have.</exception>
    /// <exception cref="ConfigurationException">A key of the HOCON has a value it can't have.</exception>
    public ParallelPool(ParallelPoolOptions? options, Config? config = null)
    {
        MeasuredExecutors.Prepare();
        var settings = PoolConfig.Settings(config ?? Config.Empty, options);
        _disposeTimeout = settings.DisposeTimeout;
        _executor = new LocalExecutor(OwnActorSystem.Start("actor-parallel", config ?? Config.Empty), ownsSystem: true, settings);
    }

    ParallelPool(PoolExecutor executor, TimeSpan disposeTimeout)
    {
        _executor = executor;
        _disposeTimeout = disposeTimeout;
    }

    /// <summary>Makes a pool of threads in the caller's actor system, whose HOCON section <c>actor-parallel.pool</c> it reads. Disposing the pool leaves the system alone.</summary>
    /// <param name="actorSystem">The actor system to live in.</param>
    /// <param name="options">Options that come before the system's HOCON; null for none.</param>
    /// <returns>The pool.</returns>
    /// <exception cref="ArgumentException">An option has a value it can't have.</exception>
    /// <exception cref="ConfigurationException">A key of the HOCON has a value it can't have.</exception>
    public static ParallelPool Create(ActorSystem actorSystem, ParallelPoolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(actorSystem);
        return Create(actorSystem, options, Config.Empty);
    }

    /// <param name="actorSystem">The actor system to live in.</param>
    /// <param name="options">Options that come first.</param>
    /// <param name="config">HOCON between the options and the system's.</param>
    internal static ParallelPool Create(ActorSystem actorSystem, ParallelPoolOptions? options, Config config)
    {
        actorSystem.Settings.InjectTopLevelFallback(PoolConfig.Reference);
        var settings = PoolConfig.Settings(config.IsEmpty ? actorSystem.Settings.Config : config.WithFallback(actorSystem.Settings.Config), options);
        return new ParallelPool(new LocalExecutor(actorSystem, ownsSystem: false, settings), settings.DisposeTimeout);
    }

    /// <summary>
    /// Makes a pool of processes: each worker is a child process with memory of its own. Functions, arguments and values travel to it,
    /// a dead process is replaced and its tasks run again, and all are gone when the pool, or this process, ends.
    /// </summary>
    /// <param name="workers">How many processes; null for the options' or one a core.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="config">HOCON with a section <c>actor-parallel.pool</c>, below the options; null for none.</param>
    /// <returns>The pool. Its processes start side by side, in the background.</returns>
    /// <exception cref="ArgumentException">An option has a value it can't have.</exception>
    /// <exception cref="ConfigurationException">A key of the HOCON has a value it can't have.</exception>
    /// <exception cref="ShippingException">The initializer can't travel.</exception>
    /// <exception cref="FileNotFoundException">A file the processes start from is missing.</exception>
    /// <exception cref="PlatformNotSupportedException">The program was published as a single file.</exception>
    /// <exception cref="IOException">The pool's private folder can't be made.</exception>
    public static ParallelPool Processes(int? workers = null, ParallelPoolOptions? options = null, Config? config = null)
    {
        MeasuredExecutors.Prepare();
        if (workers is { } given) Checks.AtLeast(given, 1, nameof(workers));
        var settings = PoolConfig.Settings(config ?? Config.Empty, workers is null ? options : (options ?? new ParallelPoolOptions()) with { Workers = workers });
        return new ParallelPool(new ProcessExecutor(settings, config ?? Config.Empty), settings.DisposeTimeout);
    }

    /// <inheritdoc />
    public TaskOptions Options => TaskOptions.Default;

    /// <inheritdoc />
    public int Workers => _executor.Workers;

    PoolExecutor IParallelExecutor.Executor => _executor;

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">The options have one that only a cluster's controller honours: targets, tags, resources or dependencies.</exception>
    public IParallelExecutor With(TaskOptions options) => PoolView.Of(_executor, options);

    /// <summary>Changes how many workers there are. Growing takes effect at once; shrinking as workers end what they run.</summary>
    /// <param name="workers">How many workers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is zero or negative.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public void Resize(int workers)
    {
        Checks.AtLeast(workers, 1, nameof(workers));
        _executor.ThrowIfClosed();
        _executor.Resize(workers);
    }

    /// <summary>Takes no more work; what was submitted is finished. Idempotent.</summary>
    public void Close() => _executor.Close();

    /// <summary>Stops now: what waits is cancelled, what runs gets its token cancelled and, after the grace period, is given up or its process ended. Returns at once; idempotent.</summary>
    public void Terminate() => _executor.Terminate();

    /// <summary>Waits until all submitted work has ended and the workers are gone. The pool must be closed or terminated before.</summary>
    /// <exception cref="InvalidOperationException">The pool is not closed: this would wait for ever.</exception>
    public void Join() => Join(Timeout.InfiniteTimeSpan);

    /// <summary>Waits until all submitted work has ended and the workers are gone, at most for the time given.</summary>
    /// <param name="timeout">The longest time to wait.</param>
    /// <returns>Whether all has ended.</returns>
    /// <exception cref="InvalidOperationException">The pool is not closed: this would wait for ever.</exception>
    public bool Join(TimeSpan timeout)
    {
        Checks.Timeout(timeout);
        var joined = JoinAsync(CancellationToken.None);
        return joined.Wait(timeout);
    }

    /// <summary>Waits, without blocking a thread, until all submitted work has ended and the workers are gone.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes then.</returns>
    /// <exception cref="InvalidOperationException">The pool is not closed: this would wait for ever.</exception>
    public Task JoinAsync(CancellationToken cancellationToken = default)
    {
        if (!_executor.IsClosed) throw new InvalidOperationException("The pool is open: call Close or Terminate before Join.");
        return JoinCoreAsync(cancellationToken);
    }

    async Task JoinCoreAsync(CancellationToken cancellationToken)
    {
        await _executor.JoinAsync(cancellationToken).ConfigureAwait(false);
        await ShutdownOnce().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    Task ShutdownOnce()
    {
        MeasuredExecutors.Remove(_executor);
        lock (_executor) return _shutdown ??= Task.Run(_executor.ShutdownAsync);
    }

    /// <summary>Terminates the pool and joins it, within <see cref="ParallelPoolOptions.DisposeTimeout"/>. Idempotent.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Terminates the pool and joins it, within <see cref="ParallelPoolOptions.DisposeTimeout"/>. Idempotent.</summary>
    /// <returns>A task that completes when it is done.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _executor.MarkDisposed();
        _executor.Terminate();
        var start = Clock.Now;
        // What is left to do when the time is over goes on in the background; a part of it is kept for the second step.
        await EndedOrLateAsync(_executor.JoinAsync(CancellationToken.None), _disposeTimeout * 0.8).ConfigureAwait(false);
        await EndedOrLateAsync(ShutdownOnce(), _disposeTimeout - Clock.Between(start, Clock.Now)).ConfigureAwait(false);
    }

    static async Task EndedOrLateAsync(Task task, TimeSpan timeout)
    {
        try
        {
            await task.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }
    }
}
