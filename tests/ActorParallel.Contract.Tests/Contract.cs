using System.Diagnostics;

namespace ActorParallel.Contract.Tests;

/// <summary>
/// What every executor promises, one theme a class. Functions run in other processes too: they capture only what can travel,
/// and tell what they did through their values, through files (<see cref="Signal"/>, <see cref="Tally"/>) or not at all.
/// </summary>
public abstract class Contract(Executors executors) : IAsyncDisposable
{
    /// <summary>How long a condition may take on a slow machine before it counts as a hang.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly List<IAsyncDisposable> _own = [];

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>An executor of the test's own; it ends with the test.</summary>
    protected IParallelExecutor CreatePool(int workers, ParallelPoolOptions? options = null)
    {
        var (executor, end) = executors.Create(workers, options);
        _own.Add(end);
        return executor;
    }

    /// <summary>An executor of two workers for tests that leave nothing behind in it.</summary>
    protected IParallelExecutor Pool => executors.Shared;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var own in _own) await own.DisposeAsync();
    }

    /// <summary>Runs a blocking call; fails instead of hanging.</summary>
    protected static Task<T> Call<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Patience);

    /// <inheritdoc cref="Call{T}" />
    protected static Task Call(Action call) => Call(() =>
    {
        call();
        return true;
    });

    /// <summary>The error that a call ends with.</summary>
    protected static async Task<TException> Refused<TException>(Action call)
        where TException : Exception =>
        await Assert.ThrowsAsync<TException>(() => Call(call));

    protected static async Task<T> Soon<T>(AsyncResult<T> result) => await result.AsTask().WaitAsync(Patience);

    protected static async Task Ended(AsyncResult result) => await result.WaitAsync().WaitAsync(Patience);

    protected static async Task Until(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"Not in time: {what}");
            await Task.Delay(5, Cancelled);
        }
    }

    /// <summary>Throws, where an expression is needed.</summary>
    protected static T Fail<T>(Exception error) => throw error;

    protected static IEnumerable<int> Naturals()
    {
        for (var i = 0;; i++) yield return i;
    }

    protected static IEnumerable<int> Lazy(int count) => Naturals().Take(count);

    protected static async IAsyncEnumerable<int> LazyAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 7 == 0) await Task.Yield();
            yield return i;
        }
    }
}
