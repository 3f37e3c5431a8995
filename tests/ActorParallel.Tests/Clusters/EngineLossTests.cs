using System.Diagnostics;
using ActorParallel.Processes;
using static ActorParallel.Tests.Clusters.Cluster;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Clusters;

/// <summary>P1, P2 on a cluster: an engine is killed or frozen, and every task ends once.</summary>
public sealed class EngineLossTests
{
    [Fact]
    public async Task KilledEnginesLoseAndRepeatNothing()
    {
        await using var cluster = await StartAsync(2, "engine-loss-retries = 1000");
        var results = new List<AsyncResult<int>>();
        var ends = new int[20_000];
        var random = new Random(7);
        for (var kill = 0; kill < 15; kill++)
        {
            for (var i = 0; i < 300; i++)
            {
                var n = results.Count;
                results.Add(cluster.Tasks.ApplyAsync(Work, n));
                _ = results[n].OnCompleted((_, _) => Interlocked.Increment(ref ends[n]));
            }
            await results[random.Next(results.Count - 300, results.Count)].WaitAsync().WaitAsync(Limit, Cancel);
            if (cluster.Client.Engines is [var first, ..]) _ = Libc.Kill(first.ProcessId, 9);
        }
        var values = await AsyncResult.WhenAll(results).WaitAsync(Limit, Cancel);
        Assert.Equal(Enumerable.Range(0, results.Count).Select(n => n * 3 + 1), values);
        await UntilAsync(() => ends.AsSpan(0, results.Count).IndexOf(0) < 0, "every callback came");
        Assert.All(ends, n => Assert.InRange(n, 0, 1));
    }

    [Fact]
    public async Task AKilledEngineIsNoticedWithinASecondAndComesBackUnderItsId()
    {
        await using var cluster = await StartAsync(2);
        var left = new TaskCompletionSource<EnginesChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Client.EnginesChanged += (_, change) =>
        {
            if (!change.Joined) left.TrySetResult(change);
        };
        var file = NewFile();
        var task = cluster.Tasks.With(targets: [1]).ApplyAsync(() =>
        {
            if (TaskContext.Current!.Attempt > 1) return TaskContext.Current.Attempt;
            Write(file, "running");
            Forever();
            return 0;
        });
        var other = cluster.Client[0].ApplyAsync(static () => { TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(3000); return TaskContext.Current!.Attempt; }, Cancel);
        await ReadAsync(file);
        var former = cluster.ProcessOf(1);
        var killed = Stopwatch.GetTimestamp();
        Kill(former);
        var change = await left.Task.WaitAsync(Limit, Cancel);
        Assert.True(Stopwatch.GetElapsedTime(killed) < TimeSpan.FromSeconds(1), $"Noticed after {Stopwatch.GetElapsedTime(killed)}");
        Assert.Equal(1, change.Engine.Id);
        Assert.Contains("SIGKILL", change.Reason, StringComparison.Ordinal);
        Assert.Equal(2, await End(task));
        Assert.Equal(1, task.Metadata.EngineLosses);
        Assert.Equal([0, 1], cluster.Client.Ids);
        Assert.NotEqual(former, cluster.ProcessOf(1));
        Assert.Equal(1, await End(other));
    }

    [Fact]
    public async Task ADirectCallOnAKilledEngineIsLostWithTheReason()
    {
        await using var cluster = await StartAsync(2);
        var file = NewFile();
        var call = cluster.Client[1].ApplyAsync(() =>
        {
            Write(file, "running");
            Forever();
            return 0;
        }, Cancel);
        await ReadAsync(file);
        Kill(cluster.ProcessOf(1));
        var error = await Assert.ThrowsAsync<EngineLostException>(() => End(call));
        Assert.Contains("engine 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("SIGKILL", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATaskThatKillsItsEnginesIsQuarantinedAndOthersAreUntouched()
    {
        await using var cluster = await StartAsync(2, "engine-loss-retries = 2");
        var innocent = cluster.Tasks.MapAsync(Work, Enumerable.Range(0, 2000).ToArray());
        var poison = cluster.Tasks.With(label: "poison").ApplyAsync(() => Process.GetCurrentProcess().Kill());
        var error = await Assert.ThrowsAsync<TaskQuarantinedException>(() => poison.AsTask().WaitAsync(Limit, Cancel));
        Assert.Equal(TaskState.Quarantined, poison.State);
        Assert.Equal(-9, error.ExitCode);
        Assert.Equal(poison.Id, error.TaskId);
        Assert.Contains("SIGKILL", error.Message, StringComparison.Ordinal);
        // A process that ends before it was looked at leaves no peak.
        Assert.True(error.PeakMemory is null or > 1 << 20, $"{error.Message} {error.PeakMemory}");
        Assert.Equal(2000, (await End(innocent)).Length);
    }

    [Fact]
    public async Task AFrozenEngineIsGivenUpEndedAndReplaced()
    {
        await using var cluster = await StartAsync(2, "engine-timeout = 3 s");
        var file = NewFile();
        var task = cluster.Tasks.With(targets: [1]).ApplyAsync(() =>
        {
            if (TaskContext.Current!.Attempt > 1) return TaskContext.Current.Attempt;
            Write(file, "running");
            Forever();
            return 0;
        });
        await ReadAsync(file);
        var frozen = cluster.ProcessOf(1);
        Kill(frozen, 19);
        Assert.Equal(2, await End(task));
        await UntilAsync(() => IsGone(frozen), "the frozen process is ended");
        await cluster.Client.WaitForEnginesAsync(2, Limit, Cancel);
        Assert.NotEqual(frozen, cluster.ProcessOf(1));
    }

    [Fact]
    public async Task ARestartedEngineHasItsIdAndNothingElse()
    {
        await using var cluster = await StartAsync(2);
        await End(cluster.Client[1].ApplyAsync(static () => { Environment.SetEnvironmentVariable("AP_SEEN", "yes"); return 0; }, Cancel));
        var former = cluster.ProcessOf(1);
        await cluster.Owner.RestartEngineAsync(1, Cancel).WaitAsync(Limit, Cancel);
        await UntilAsync(() => cluster.Client.Engines.Any(e => e.Id == 1 && e.ProcessId != former), "engine 1 is there again");
        Assert.Null(await End(cluster.Client[1].ApplyAsync(static () => Environment.GetEnvironmentVariable("AP_SEEN"), Cancel)));
    }
}
