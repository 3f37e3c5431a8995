namespace ActorParallel.Tests.Engines;

/// <summary>Blocks every thread that the .NET pool has or may make, until disposed. Made and disposed off the pool; one at a time.</summary>
internal sealed class BlockedThreadPool : IDisposable
{
    readonly ManualResetEventSlim _release = new();
    readonly (int Threads, int Ports) _least, _most;
    int _probes;

    BlockedThreadPool()
    {
        ThreadPool.GetMinThreads(out _least.Threads, out _least.Ports);
        ThreadPool.GetMaxThreads(out _most.Threads, out _most.Ports);
        var threads = Math.Max(_least.Threads, ThreadPool.ThreadCount) + 2;
        Assert.True(ThreadPool.SetMaxThreads(threads, _most.Ports));
        Assert.True(ThreadPool.SetMinThreads(threads, _least.Ports));
        var blocked = 0;
        // More than there can be threads: the pool is blocked when no more of them begin.
        for (var i = 0; i < threads + 4; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                Interlocked.Increment(ref blocked);
                _release.Wait();
            }, null);
        }

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref blocked) >= threads, TimeSpan.FromSeconds(20)), $"{blocked} of {threads} threads are blocked");
        ThreadPool.UnsafeQueueUserWorkItem(_ => Interlocked.Increment(ref _probes), null);
    }

    /// <summary>Runs the body on a thread of its own while the pool is blocked, and throws what it throws.</summary>
    public static async Task While(Action body)
    {
        await Task.Factory.StartNew(() =>
        {
            using var pool = new BlockedThreadPool();
            body();
            Assert.Equal(0, Volatile.Read(ref pool._probes));
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Dispose()
    {
        _release.Set();
        ThreadPool.SetMinThreads(_least.Threads, _least.Ports);
        ThreadPool.SetMaxThreads(_most.Threads, _most.Ports);
    }
}
