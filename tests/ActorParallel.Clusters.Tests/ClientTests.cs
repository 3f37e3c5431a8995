namespace ActorParallel.ClusterTests;

/// <summary>F1, F4–F8, J12: what a client asks its controller.</summary>
[Collection(nameof(CalmCluster))]
public sealed class ClientTests(CalmCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task WaitingForMoreEnginesThanComeEndsInTime()
    {
        var error = await Assert.ThrowsAsync<TimeoutException>(() => Client.WaitForEnginesAsync(9, TimeSpan.FromMilliseconds(50), Cancelled));
        Assert.Contains("4 engines", error.Message, StringComparison.Ordinal);
        Assert.Contains("not 9", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client.WaitForEnginesAsync(-1, cancellationToken: Cancelled));
        using var stop = new CancellationTokenSource();
        var waiting = Client.WaitForEnginesAsync(9, cancellationToken: stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience, Cancelled));
    }

    [Fact]
    public async Task TheQueueStatusTellsWhatWaitsAndWhatRuns()
    {
        using var gate = Signal.New();
        var running = Tasks.With(targets: [0]).ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "it runs");
        var queued = Enumerable.Range(0, 20).Select(_ => Tasks.With(targets: [0]).ApplyAsync(() => 1)).ToArray();
        var waiting = Tasks.With(after: [running]).ApplyAsync(() => 1);
        var direct = Client[0].ApplyAsync(() => gate.Wait());
        await Until(() => gate.Entered == 2, "the direct call runs");
        var status = await Client.QueueStatusAsync(Cancelled);
        Assert.Equal(1, status.Waiting);
        Assert.Equal([0, 1, 2, 3], status.Engines.Keys);
        Assert.Equal((1, 1, false), (status.Engines[0].Running, status.Engines[0].Direct, status.Engines[0].Suspended));
        Assert.Equal(20, status.Ready + status.Engines[0].Queued);
        Assert.Equal(0, status.Engines[1].Running);
        gate.Set();
        foreach (var result in (AsyncResult[])[running, waiting, direct, .. queued]) await Ended(result);
        await Until(() => Client.QueueStatusAsync(Cancelled).Result is { Waiting: 0, Ready: 0 }, "nothing is left");
        Assert.True((await Client.QueueStatusAsync(Cancelled)).Engines[0].Finished >= 21);
    }

    [Fact]
    public async Task AnotherProgramGetsAResultByItsId()
    {
        using var gate = Signal.New();
        await using var other = await Cluster.ConnectAsync(Cancelled);
        var open = Tasks.ApplyAsync(() => gate.Wait() ? "value" : "");
        await Client.QueueStatusAsync(Cancelled);
        var before = other.GetResult<string>(open.Id);
        Assert.False(before.Ready);
        gate.Set();
        Assert.Equal("value", await Soon(before));
        Assert.Equal("value", await Soon(open));
        var after = other.GetResult<string>(open.Id);
        Assert.Equal("value", await Soon(after));
        Assert.Equal(open.Metadata.EngineId, after.Metadata.EngineId);
        var failed = Tasks.ApplyAsync(() => int.Parse("x", null));
        await Ended(failed);
        await Fails<FormatException>(other.GetResult<int>(failed.Id));
        var direct = Client[1].ApplyAsync(() => 5);
        await Ended(direct);
        Assert.Equal(5, await Soon(other.GetResult<int>(direct.Id)));
        await Fails<ShippingException>(other.GetResult<Version>(direct.Id));
    }

    [Fact]
    public async Task AClientThatIsGoneLeavesItsTasksToOthers()
    {
        using var gate = Signal.New();
        var leaving = await Cluster.ConnectAsync(Cancelled);
        var task = leaving.LoadBalancedView().ApplyAsync(() => gate.Wait() ? 7 : 0);
        await leaving.QueueStatusAsync(Cancelled);
        await leaving.DisposeAsync();
        Assert.Equal(TaskState.Cancelled, task.State);
        gate.Set();
        Assert.Equal(7, await Soon(Client.GetResult<int>(task.Id)));
    }

    [Fact]
    public async Task ATaskIsSubmittedAgainByItsId()
    {
        using var tally = Tally.New();
        await using var other = await Cluster.ConnectAsync(Cancelled);
        var first = Tasks.ApplyAsync(x => tally.Add("ran") + x, 10);
        Assert.Equal(11, await Soon(first));
        var again = other.Resubmit<int>(first.Id);
        Assert.Equal(12, await Soon(again));
        Assert.NotEqual(first.Id, again.Id);
        Assert.Equal(13, await Soon(Client.Resubmit<int>(again.Id)));
        var direct = Client[0].ApplyAsync(() => 1);
        await Ended(direct);
        Assert.Contains("engine 0 alone", (await Fails<KeyNotFoundException>(Client.Resubmit<int>(direct.Id))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownAndImpossibleIdsAreRefused()
    {
        await Fails<KeyNotFoundException>(Client.GetResult<int>("3ffffe-123"));
        await Fails<KeyNotFoundException>(Client.Resubmit<int>("3ffffe-123"));
        Assert.Contains("3ffffe-123", (await Assert.ThrowsAsync<InvalidOperationException>(() => Client.ExplainAsync("3ffffe-123", Cancelled))).Message, StringComparison.Ordinal);
        foreach (var id in (string[])["", "x", "1-", "-1", "12", "zz-1"])
        {
            Assert.Throws<ArgumentException>(() => Client.GetResult<int>(id));
            Assert.Throws<ArgumentException>(() => Client.Resubmit<int>(id));
            await Assert.ThrowsAsync<ArgumentException>(() => Client.ExplainAsync(id, Cancelled));
        }
        Assert.Throws<ArgumentNullException>(() => Client.GetResult<int>(null!));
    }

    [Fact]
    public async Task AbortCancelsWhatHasNotBegun()
    {
        using var gate = Signal.New();
        var view = Tasks.With(targets: [3]);
        var running = view.ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "it runs");
        var queued = Enumerable.Range(0, 5).Select(_ => view.ApplyAsync(gate.Wait)).ToArray();
        var there = Tasks.With(after: [running]).ApplyAsync(() => 1);
        var here = Tasks.With(after: [Tasks.MapAsync(_ => gate.Wait(), [1])]).ApplyAsync(() => 1);
        var late = Tasks.ApplyAsync(x => x, running);
        await Client.QueueStatusAsync(Cancelled);
        Assert.Equal(1, await Client.AbortAsync([queued[0], running], Cancelled));
        await Fails<OperationCanceledException>(queued[0]);
        Assert.Equal(7, await Client.AbortAsync(cancellationToken: Cancelled));
        foreach (var result in (AsyncResult[])[there, here, late, .. queued]) await Fails<OperationCanceledException>(result);
        Assert.Equal(0, await Client.AbortAsync([queued[0]], Cancelled));
        gate.Set();
        Assert.True(await Soon(running));
    }

    [Fact]
    public async Task AbortLeavesWhatHasBegunAlone()
    {
        // A task that its controller takes for queued: more are sent ahead than there are workers, and nobody has told that it began.
        var view = Tasks.With(targets: [1]);
        for (var round = 0; round < 5; round++)
        {
            using var gate = Signal.New();
            var quick = Enumerable.Range(0, 3).Select(_ => view.ApplyAsync(() => 1)).ToArray();
            var running = view.ApplyAsync(gate.Wait);
            var behind = view.ApplyAsync(gate.Wait);
            await Until(() => gate.Entered == 1, "it has begun");
            Assert.Equal(1, await Client.AbortAsync([running, behind], Cancelled));
            await Fails<OperationCanceledException>(behind);
            Assert.Equal(CancellationStep.BeforeStart, behind.Metadata.Cancellation);
            Assert.False(running.Ready);
            Assert.Equal(0, await Client.AbortAsync(cancellationToken: Cancelled));
            Assert.Equal(1, gate.Entered);
            foreach (var task in quick) Assert.Equal(1, await Soon(task));
            gate.Set();
            Assert.True(await Soon(running));
        }
    }

    [Fact]
    public async Task AbortTakesBackCallsOfViewsThatHaveNotBegun()
    {
        using var gate = Signal.New();
        var running = Client[2].ApplyAsync(() => gate.Wait());
        var behind = Client[2].ApplyAsync(() => gate.Wait());
        await Until(() => gate.Entered == 1, "it has begun");
        var free = All.ApplyAsync(() => 1);
        await Until(() => free.Parts.Count(p => p.Ready) == 3, "the other engines have answered");
        Assert.Equal(1, await Client.AbortAsync([free, running], Cancelled));
        await Fails<OperationCanceledException>(free);
        Assert.Equal(TaskState.Cancelled, free.Parts[2].State);
        Assert.Equal(1, await Client.AbortAsync(cancellationToken: Cancelled));
        await Fails<OperationCanceledException>(behind);
        gate.Set();
        Assert.True(await Soon(running));
    }

    [Fact]
    public async Task LargeValuesAndArgumentsAreKeptForOthersToo()
    {
        await using var other = await Cluster.ConnectAsync(Cancelled);
        var numbers = Enumerable.Range(0, 300_000).ToArray();
        var open = Tasks.ApplyAsync(x => x.Reverse().ToArray(), numbers);
        Assert.Equal(numbers.Reverse(), await Soon(open));
        for (var i = 0; i < 2; i++) Assert.Equal(numbers.Reverse(), await Soon(other.GetResult<int[]>(open.Id)));
        // The segments that held them have been used for something else meanwhile.
        await Soon(Tasks.MapAsync(x => new int[300_000 + x], Enumerable.Range(0, 8)));
        Assert.Equal(numbers.Reverse(), await Soon(other.GetResult<int[]>(open.Id)));
        Assert.Equal(numbers.Reverse(), await Soon(other.Resubmit<int[]>(open.Id)));
        var direct = Client[1].ApplyAsync(x => x.Length, numbers);
        Assert.Equal(numbers.Length, await Soon(direct));
        await All.PushAsync(new { kept = numbers }, Cancelled);
        var pulled = Client[2].PullAsync<int[]>("kept");
        Assert.Equal(numbers, await Soon(pulled));
        Assert.Equal(numbers, await Soon(other.GetResult<int[]>(pulled.Id)));
        var failed = Tasks.ApplyAsync(x => x.Length > 0 ? throw new InvalidOperationException($"{x.Length}") : 1, numbers);
        await Ended(failed);
        Assert.Equal("300000", (await Fails<InvalidOperationException>(other.Resubmit<int>(failed.Id))).Message);
        // One so large that it would push all others out is not.
        var huge = Tasks.ApplyAsync(() => new byte[20_000_000]);
        Assert.Equal(20_000_000, (await Soon(huge)).Length);
        Assert.Contains("kept-bytes", (await Fails<KeyNotFoundException>(other.GetResult<byte[]>(huge.Id))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATaskThatStillRunsIsSubmittedAgainWithItsLargeArguments()
    {
        using var gate = Signal.New();
        await using var other = await Cluster.ConnectAsync(Cancelled);
        var numbers = Enumerable.Range(0, 200_000).ToArray();
        var first = Tasks.ApplyAsync(x => gate.Wait() ? x.Sum(n => (long)n) : 0, numbers);
        await Until(() => gate.Entered == 1, "it runs");
        var again = other.Resubmit<long>(first.Id);
        await other.QueueStatusAsync(Cancelled);
        gate.Set();
        Assert.Equal(19_999_900_000, await Soon(first));
        await Soon(Tasks.MapAsync(x => x.Length, Enumerable.Range(0, 8).Select(i => new int[200_000 + i])));
        Assert.Equal(19_999_900_000, await Soon(again));
    }

    [Fact]
    public async Task PurgeForgetsWhatHasEnded()
    {
        var task = Tasks.ApplyAsync(() => 5);
        Assert.Equal(5, await Soon(task));
        Assert.Equal(5, await Soon(Client.GetResult<int>(task.Id)));
        Assert.True(await Client.PurgeAsync(Cancelled) >= 1);
        await Fails<KeyNotFoundException>(Client.GetResult<int>(task.Id));
        Assert.Equal(0, await Client.History.Where(t => t.Id == task.Id).CountAsync(Cancelled));
    }

    [Fact]
    public async Task ExplainTellsWhyATaskIsWhereItIs()
    {
        using var gate = Signal.New();
        var running = Tasks.With(targets: [2]).ApplyAsync(gate.Wait);
        await Until(() => gate.Entered == 1, "it runs");
        var waiting = Tasks.With(after: [running]).ApplyAsync(() => 1);
        var direct = Client[1].ApplyAsync(() => gate.Wait());
        await Until(() => gate.Entered == 2, "the direct call runs");
        var why = await Client.ExplainAsync(running.Id, Cancelled);
        Assert.Contains(running.Id, why, StringComparison.Ordinal);
        Assert.Contains("engine 2", why, StringComparison.Ordinal);
        Assert.Contains(running.Id, await Client.ExplainAsync(waiting.Id, Cancelled), StringComparison.Ordinal);
        Assert.Contains("engine 1", await Client.ExplainAsync(direct.Id, Cancelled), StringComparison.Ordinal);
        var late = Tasks.ApplyAsync(x => x, direct);
        var here = Tasks.With(after: [direct]).ApplyAsync(() => 1);
        foreach (var local in (AsyncResult[])[late, here])
            Assert.Equal(1, (await Client.ExplainAsync(local.Id, Cancelled)).Split(direct.Id).Length - 1);
        gate.Set();
        foreach (var result in (AsyncResult[])[waiting, direct, late, here]) await Ended(result);
        Assert.Contains("Succeeded on engine 2", await Client.ExplainAsync(running.Id, Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HistoryIsQueriedWithLinq()
    {
        var label = $"history {Guid.NewGuid():N}";
        for (var i = 0; i < 5; i++) await Ended(Tasks.With(label: label, targets: [i % 4], priority: i).ApplyAsync(x => x, i));
        await Ended(Tasks.With(label: label).ApplyAsync(() => int.Parse("x", null)));
        await Ended(Client[1].With(label: label).ApplyAsync(() => Say("seen")));
        await Client.QueueStatusAsync(Cancelled);
        var all = await Client.History.Where(t => t.Label == label).OrderBy(t => t.Submitted).ToListAsync(Cancelled);
        Assert.Equal(7, all.Count);
        Assert.Equal([0, 1, 2, 3, 0], all.Take(5).Select(t => t.EngineId));
        Assert.All(all, t => Assert.True(t.Submitted <= t.Started && t.Started <= t.Completed));
        Assert.Equal("System.FormatException", all[5].ErrorType);
        Assert.Equal((TaskState.Failed, 1, 1), (all[5].State, all[5].Attempts, all.Count(t => t.Output == "seen")));
        Assert.Equal(2, await Client.History.Where(t => t.Label == label && t.Priority > 2).CountAsync(Cancelled));
        Assert.Equal([4, 3], Client.History.Where(t => t.Label == label && t.State == TaskState.Succeeded).OrderByDescending(t => t.Priority).Take(2).Select(t => t.Priority).ToArray());
        Assert.Equal(1, Client.History.Count(t => t.Label == label && t.ErrorType != null));
        Assert.Empty(Client.History.Where(t => t.Label == "nobody's").ToArray());
    }

    static int Say(string text)
    {
        Console.Write(text);
        return 1;
    }

    [Fact]
    public async Task ADisposedClientRefusesAndEndsWhatItHas()
    {
        using var gate = Signal.New();
        using var quiet = new ManualResetEventSlim();
        var client = await Cluster.ConnectAsync(Cancelled);
        var task = client.LoadBalancedView().ApplyAsync(gate.Wait);
        var direct = client[0].ApplyAsync(() => gate.Wait());
        var map = client.LoadBalancedView().MapAsync(x => x, Forever());
        var waiting = client.WaitForEnginesAsync(9, cancellationToken: Cancelled);
        using var pool = new ParallelPool(1);
        var never = pool.ApplyAsync(gate.Wait);
        var late = client.LoadBalancedView().ApplyAsync(x => x, never);
        var after = client.LoadBalancedView().With(after: [never]).ApplyAsync(() => 1);
        await Until(() => gate.Entered == 3, "all three run");
        await client.DisposeAsync();
        await client.DisposeAsync();
        foreach (var (what, result) in new (string, AsyncResult)[] { ("a task", task), ("a direct call", direct), ("a map", map), ("a late task", late), ("a dependent", after) })
        {
            await Until(() => result.Ready, $"{what} ended, which is {result.State}");
            await Fails<OperationCanceledException>(result);
        }
        await Assert.ThrowsAnyAsync<Exception>(() => waiting.WaitAsync(Patience, Cancelled));
        Assert.IsNotType<TimeoutException>(waiting.Exception!.InnerException);
        Assert.Throws<ObjectDisposedException>(() => client.LoadBalancedView().ApplyAsync(() => 1));
        Assert.Throws<ObjectDisposedException>(() => client.DirectView().ApplyAsync(() => 1));
        Assert.Throws<ObjectDisposedException>(() => client.GetResult<int>(task.Id));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.QueueStatusAsync(Cancelled));
        gate.Set();

        quiet.Set();

        IEnumerable<int> Forever()
        {
            // Few enough not to busy the engines of the tests after this one.
            yield return 1;
            quiet.Wait(Patience);
        }
    }

    [Fact]
    public async Task NoSuchProfileAndNoControllerAreSaidAtOnce()
    {
        var none = await Assert.ThrowsAsync<ClusterConnectionException>(() => ParallelClient.ConnectAsync("there-is-no-such-profile", cancellationToken: Cancelled));
        Assert.Contains("there-is-no-such-profile", none.Message, StringComparison.Ordinal);
        var file = Path.Combine(Directory.CreateTempSubdirectory("ap-file-").FullName, "connection.json");
        await Assert.ThrowsAsync<ClusterConnectionException>(() => ParallelClient.ConnectWithFileAsync(file, cancellationToken: Cancelled));
        await File.WriteAllTextAsync(file, "{ \"half\": ", Cancelled);
        await Assert.ThrowsAsync<ClusterConnectionException>(() => ParallelClient.ConnectWithFileAsync(file, cancellationToken: Cancelled));
    }
}
