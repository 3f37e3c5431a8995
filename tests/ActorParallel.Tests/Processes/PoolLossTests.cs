using System.Diagnostics;
using ActorParallel.Pools;
using ActorParallel.Processes;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Processes;

/// <summary>P1, P2, P5 and P8 on pools of processes: whatever is killed, every task ends once.</summary>
public sealed class PoolLossTests
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task FiftyKillsUnderLoadLoseAndRepeatNothing()
    {
        await using var pool = ParallelPool.Processes(2);
        var results = new List<AsyncResult<int>>();
        var ends = new int[20_000];
        var random = new Random(7);
        for (var kill = 0; kill < 50; kill++)
        {
            for (var i = 0; i < 400; i++)
            {
                var n = results.Count;
                results.Add(pool.ApplyAsync(Work, n));
                _ = results[n].OnCompleted((_, _) => Interlocked.Increment(ref ends[n]));
            }
            await results[random.Next(results.Count - 400, results.Count)].WaitAsync().WaitAsync(s_limit);
            Kill(ProcessesOf(pool)[..1]);
        }
        var values = await AsyncResult.WhenAll(results).WaitAsync(s_limit);
        Assert.Equal(Enumerable.Range(0, results.Count).Select(Work), values);
        await UntilAsync(() => ends.AsSpan(0, results.Count).IndexOf(0) < 0, "every callback came");
        Assert.All(ends, n => Assert.Equal(1, n));
    }

    static int Work(int n)
    {
        Thread.SpinWait(20_000);
        return n * 3 + 1;
    }

    [Fact]
    public async Task KilledChildIsReplacedWithinASecondAndItsTaskRunsAgain()
    {
        await using var pool = ParallelPool.Processes(1);
        var file = NewFile();
        var task = pool.ApplyAsync(() =>
        {
            if (TaskContext.Current!.Attempt > 1) return TaskContext.Current.Attempt;
            Write(file, "running");
            Forever();
            return 0;
        });
        await ReadAsync(file);
        Kill(ProcessesOf(pool));
        Assert.Equal(2, await task.AsTask().WaitAsync(s_limit));
        Assert.Equal(1, task.Metadata.EngineLosses);
    }

    [Fact]
    public async Task TaskThatKillsItsProcessesIsQuarantinedAndOthersAreUntouched()
    {
        await using var pool = ParallelPool.Processes(2, new ParallelPoolOptions { EngineLossRetries = 2 });
        var innocent = pool.MapAsync(Work, Enumerable.Range(0, 2000).ToArray());
        var poison = pool.With(label: "poison").ApplyAsync(() => Process.GetCurrentProcess().Kill());
        var error = await Assert.ThrowsAsync<TaskQuarantinedException>(() => poison.AsTask().WaitAsync(s_limit));
        Assert.Equal(TaskState.Quarantined, poison.State);
        Assert.Equal(-9, error.ExitCode);
        Assert.Equal(poison.Id, error.TaskId);
        Assert.Contains("poison", error.Message, StringComparison.Ordinal);
        Assert.Contains("SIGKILL", error.Message, StringComparison.Ordinal);
        Assert.Equal(2000, (await innocent.AsTask().WaitAsync(s_limit)).Length);
    }

    [Fact]
    public async Task PoisonItemOfAMapIsFoundAndTheOtherItemsKeepTheirValues()
    {
        await using var pool = ParallelPool.Processes(2, new ParallelPoolOptions { EngineLossRetries = 1 });
        var map = pool.With(chunkSize: 8).MapAsync(n => n == 13 ? Die() : n, Enumerable.Range(0, 32).ToArray());
        var error = await Assert.ThrowsAsync<ParallelMapException<int>>(() => map.AsTask().WaitAsync(s_limit));
        Assert.Equal([13], error.Errors.Keys);
        Assert.IsType<TaskQuarantinedException>(error.Errors[13]);
        Assert.Equal(Enumerable.Range(0, 32).Select(n => n == 13 ? 0 : n), error.Values);
    }

    static int Die()
    {
        Process.GetCurrentProcess().Kill();
        return 0;
    }

    [Fact]
    public async Task TimeoutEndsTheProcessOfATaskThatIgnoresItsToken()
    {
        await using var pool = ParallelPool.Processes(2, new ParallelPoolOptions { CancelGracePeriod = TimeSpan.FromMilliseconds(200) });
        var stuck = pool.With(timeout: TimeSpan.FromMilliseconds(300)).ApplyAsync(() => Forever());
        var others = pool.MapAsync(Work, Enumerable.Range(0, 500).ToArray());
        await Assert.ThrowsAsync<TimeoutException>(() => stuck.AsTask().WaitAsync(s_limit));
        Assert.Equal(CancellationStep.Forced, stuck.Metadata.Cancellation);
        Assert.Equal(500, (await others.AsTask().WaitAsync(s_limit)).Length);
        Assert.Equal(0, others.Metadata.EngineLosses);
    }

    [Fact]
    public async Task CancellingATaskOfAFrozenProcessEndsIt()
    {
        await using var pool = ParallelPool.Processes(1, new ParallelPoolOptions { CancelGracePeriod = TimeSpan.FromMilliseconds(100) });
        var file = NewFile();
        var task = pool.ApplyAsync(() =>
        {
            Write(file, "running");
            Forever();
        });
        await ReadAsync(file);
        _ = Libc.Kill(ProcessesOf(pool)[0], 19);
        task.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => task.AsTask().WaitAsync(s_limit));
        Assert.Equal(CancellationStep.Forced, task.Metadata.Cancellation);
        Assert.Equal(4, await pool.ApplyAsync(() => 4).AsTask().WaitAsync(s_limit));
    }

    [Fact]
    public async Task KilledParentLeavesNoChild()
    {
        var file = NewFile();
        await using var parent = new ParallelProcess(() =>
        {
            var pool = ParallelPool.Processes(2);
            var pids = pool.Map(_ => { Thread.SpinWait(1000); return Environment.ProcessId; }, Enumerable.Range(0, 64).ToArray()).Distinct();
            _ = pool.ApplyAsync(() => Forever());
            Write(file, string.Join(' ', pids));
            Forever();
        });
        parent.Start();
        var children = (await ReadAsync(file)).Split(' ').Select(int.Parse).ToArray();
        Assert.Contains(children, pid => !IsGone(pid));
        parent.Kill();
        var killed = Stopwatch.GetTimestamp();
        await UntilAsync(() => children.All(IsGone), "the children are gone");
        Assert.True(Stopwatch.GetElapsedTime(killed) < TimeSpan.FromSeconds(5), "P8 promises 5 s");
    }

    [Fact]
    public async Task DisposeLeavesNoChildAndNoFile()
    {
        int[] children;
        string folder;
        await using (var pool = ParallelPool.Processes(2))
        {
            Assert.Equal(1, await pool.ApplyAsync(() => 1));
            children = ProcessesOf(pool);
            folder = ((ProcessExecutor)((IParallelExecutor)pool).Executor).Folder;
            Assert.NotEmpty(children);
            _ = pool.ApplyAsync(() => Forever());
        }
        await UntilAsync(() => children.All(IsGone), "the children are gone");
        Assert.False(Directory.Exists(folder));
    }

    static int[] ProcessesOf(ParallelPool pool) => [.. ((ProcessExecutor)((IParallelExecutor)pool).Executor).ProcessIds];

    static void Kill(int[] pids)
    {
        foreach (var pid in pids) _ = Libc.Kill(pid, 9);
    }
}
