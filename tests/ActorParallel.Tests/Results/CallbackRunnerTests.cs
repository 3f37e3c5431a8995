using ActorParallel.Results;
using static ActorParallel.Tests.Pools.Waiting;

namespace ActorParallel.Tests.Results;

public sealed class CallbackRunnerTests
{
    [Fact]
    public async Task CallbacksThatReturnShareOneThreadInOrder()
    {
        var runner = new CallbackRunner();
        var seen = new List<int>();
        var threads = new HashSet<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 1000; i++)
        {
            var n = i;
            runner.Run(() =>
            {
                seen.Add(n);
                threads.Add(Environment.CurrentManagedThreadId);
                if (n == 999) done.SetResult();
            });
        }
        await done.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 1000), seen);
        Assert.Single(threads);
    }

    [Fact]
    public async Task BlockedCallbacksGetThreadsBesideThemUpToTheBound()
    {
        var runner = new CallbackRunner(maxThreads: 4);
        using var release = new ManualResetEventSlim();
        var blocked = 0;
        var after = 0;
        for (var i = 0; i < 3; i++)
        {
            runner.Run(() =>
            {
                Interlocked.Increment(ref blocked);
                release.Wait();
            });
        }
        runner.Run(() => Interlocked.Increment(ref after));
        await Until(() => Volatile.Read(ref blocked) == 3 && Volatile.Read(ref after) == 1, "the fourth callback goes beside three that block");
        for (var i = 0; i < 2; i++)
        {
            runner.Run(() =>
            {
                Interlocked.Increment(ref blocked);
                release.Wait();
            });
        }
        await Until(() => Volatile.Read(ref blocked) == 4, "the bound is reached");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(4, Volatile.Read(ref blocked));
        release.Set();
        await Until(() => Volatile.Read(ref blocked) == 5, "what waited is called when one returns");
    }

    [Fact]
    public async Task WhatACallbackThrowsIsToldAndTheNextIsCalled()
    {
        var runner = new CallbackRunner();
        var told = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        runner.CallbackFailed += told.SetResult;
        runner.Run(() => throw new InvalidDataException("callback"));
        runner.Run(next.SetResult);
        Assert.Equal("callback", (await told.Task.WaitAsync(Patience, TestContext.Current.CancellationToken)).Message);
        await next.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }
}
