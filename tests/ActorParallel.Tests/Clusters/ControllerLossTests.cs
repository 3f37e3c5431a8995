using static ActorParallel.Tests.Clusters.Cluster;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Clusters;

/// <summary>P1 and P11: the controller is killed or frozen, and its client gets every result once.</summary>
public sealed class ControllerLossTests
{
    [Fact]
    public async Task FiveKillsOfTheControllerUnderLoadLoseAndRepeatNothing()
    {
        await using var cluster = await StartAsync(2);
        var engines = cluster.Processes;
        for (var kill = 0; kill < 5; kill++)
        {
            var ends = new int[3000];
            var results = Enumerable.Range(0, ends.Length).Select(n =>
            {
                var result = cluster.Tasks.ApplyAsync(Work, n);
                _ = result.OnCompleted((_, _) => Interlocked.Increment(ref ends[n]));
                return result;
            }).ToArray();
            var direct = Enumerable.Range(0, 20).Select(n => cluster.Client[n % 2].ApplyAsync(Work, n, Cancel)).ToArray();
            await results[kill * 200].WaitAsync().WaitAsync(Limit, Cancel);
            await cluster.KillControllerAsync();
            var values = await AsyncResult.WhenAll(results).WaitAsync(Limit, Cancel);
            Assert.Equal(Enumerable.Range(0, ends.Length).Select(n => n * 3 + 1), values);
            for (var n = 0; n < direct.Length; n++)
            {
                await direct[n].WaitAsync().WaitAsync(Limit, Cancel);
                if (direct[n].Error is { } error) Assert.Contains("the controller was started anew", Assert.IsType<EngineLostException>(error).Message, StringComparison.Ordinal);
                else Assert.Equal(n * 3 + 1, direct[n].Get());
            }
            Assert.Equal(8, await End(cluster.Tasks.ApplyAsync(static () => 8)));
            await cluster.Client.WaitForEnginesAsync(2, Limit, Cancel);
            Assert.Equal([0, 1], cluster.Client.Ids);
            var each = await End(cluster.Client.DirectView().ApplyAsync(static () => 1, Cancel));
            Assert.Equal([1, 1], each);
            await UntilAsync(() => Array.IndexOf(ends, 0) < 0, "every callback came");
            Assert.All(ends, n => Assert.Equal(1, n));
        }
        Assert.Equal(engines, cluster.Processes);
    }

    [Fact]
    public async Task WhatRunsGoesOnAndIsNotRunTwice()
    {
        await using var cluster = await StartAsync(2);
        var file = NewFile();
        Func<int> body = () =>
        {
            File.AppendAllText(file, "x");
            var go = file + ".go";
            while (!File.Exists(go)) TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(10);
            return Environment.ProcessId;
        };
        var task = cluster.Tasks.ApplyAsync(body);
        await UntilAsync(() => File.Exists(file), "the task runs");
        var call = cluster.Client[0].ApplyAsync(body, Cancel);
        await UntilAsync(() => File.ReadAllText(file).Length == 2, "the call runs");
        await cluster.KillControllerAsync();
        // Another one, so that all have found each other.
        Assert.Equal(5, await End(cluster.Tasks.ApplyAsync(static () => 5)));
        await File.WriteAllTextAsync(file + ".go", "", Cancel);
        Assert.Contains(await End(task), cluster.Processes);
        Assert.Equal(cluster.ProcessOf(0), await End(call));
        Assert.Equal("xx", await File.ReadAllTextAsync(file, Cancel));
        Assert.Equal(1, task.Metadata.Attempt);
    }

    [Fact]
    public async Task ALargeValueThatEndedWhileNoControllerWasThereComes()
    {
        await using var cluster = await StartAsync(1);
        var file = NewFile();
        var task = cluster.Tasks.ApplyAsync(data =>
        {
            Write(file, "running");
            while (!File.Exists(file + ".go")) TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(5);
            return data;
        }, new double[1_000_000]);
        await ReadAsync(file);
        Kill(cluster.Controller);
        await File.WriteAllTextAsync(file + ".go", "", Cancel);
        Assert.Equal(1_000_000, (await End(task)).Length);
    }

    [Fact]
    public async Task AFrozenControllerLosesNothing()
    {
        await using var cluster = await StartAsync(2, "engine-timeout = 6 s");
        var engines = cluster.Processes;
        var results = Enumerable.Range(0, 3000).Select(n => cluster.Tasks.ApplyAsync(Work, n)).ToArray();
        var direct = Enumerable.Range(0, 20).Select(n => cluster.Client[n % 2].ApplyAsync(Work, n, Cancel)).ToArray();
        await results[100].WaitAsync().WaitAsync(Limit, Cancel);
        Kill(cluster.Controller, 19);
        await Task.Delay(TimeSpan.FromSeconds(7.5), Cancel);
        var late = cluster.Tasks.ApplyAsync(static () => 3);
        Kill(cluster.Controller, 18);
        var values = await AsyncResult.WhenAll(results).WaitAsync(Limit, Cancel);
        Assert.Equal(Enumerable.Range(0, 3000).Select(n => n * 3 + 1), values);
        values = await AsyncResult.WhenAll(direct).WaitAsync(Limit, Cancel);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => n * 3 + 1), values);
        Assert.Equal(3, await End(late));
        Assert.Equal(engines, cluster.Processes);
    }
}
