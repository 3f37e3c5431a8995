using System.Diagnostics;

namespace ActorParallel.ClusterTests;

/// <summary>G11: messages between engines.</summary>
[Collection(nameof(RestlessCluster))]
public sealed class MessageTests(RestlessCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task EnginesExchangeValuesInOrder()
    {
        var name = $"ring {Guid.NewGuid():N}";
        var received = await Soon(All.ApplyAsync(
            async name =>
            {
                var engines = TaskContext.Current!.Engines;
                var me = TaskContext.Current.EngineId;
                var other = engines.Ids.Single(id => id != me);
                for (var i = 0; i < 100; i++) engines.Send(other, name, new[] { me, i });
                var sum = 0;
                for (var i = 0; i < 100; i++)
                {
                    var edge = await engines.ReceiveAsync<int[]>(other, name);
                    if (edge[0] != other || edge[1] != i) throw new InvalidOperationException($"{edge[0]} {edge[1]} instead of {other} {i}");
                    sum += edge[1];
                }
                engines.Send(me, name, sum);
                return await engines.ReceiveAsync<int>(me, name);
            },
            name));
        Assert.Equal(new[] { 4950, 4950 }, received);
    }

    [Fact]
    public async Task NobodyWaitsForAnEngineThatIsNotThereOrIsLost()
    {
        await Fails<EngineLostException>(Client[0].ApplyAsync(async () => await TaskContext.Current!.Engines.ReceiveAsync<int>(9, "x")));
        await Fails<EngineLostException>(Client[0].ApplyAsync(() => SendTo(9)));
        using var gate = Signal.New();
        var pid = await Soon(Client[1].ApplyAsync(() => Environment.ProcessId));
        var waits = Client[0].ApplyAsync(async () =>
        {
            gate.Enter();
            return await TaskContext.Current!.Engines.ReceiveAsync<int>(1, "never sent");
        });
        await Until(() => gate.Entered == 1, "it waits");
        Process.GetProcessById(pid).Kill();
        Assert.Contains("engine 1", (await Fails<EngineLostException>(waits)).Message, StringComparison.Ordinal);
        await Client.WaitForEnginesAsync(2, Patience, Cancelled);
        Assert.Equal(new[] { 0, 1 }, await Soon(Client[1].ApplyAsync(() => TaskContext.Current!.Engines.Ids.ToArray())));
    }

    static int SendTo(int engine)
    {
        TaskContext.Current!.Engines.Send(engine, "x", 1);
        return 0;
    }

    [Fact]
    public async Task AWaitForAMessageEndsWithItsTask()
    {
        using var gate = Signal.New();
        var waits = Tasks.With(targets: [0]).ApplyAsync(async () =>
        {
            gate.Enter();
            return await TaskContext.Current!.Engines.ReceiveAsync<int>(1, "nothing");
        });
        await Until(() => gate.Entered == 1, "it waits");
        waits.Cancel();
        await Fails<OperationCanceledException>(waits);
        Assert.Equal(CancellationStep.Token, waits.Metadata.Cancellation);
    }

    [Fact]
    public async Task APoolHasNoMessages()
    {
        using var pool = new ParallelPool(1);
        Assert.Contains("cluster", (await Fails<NotSupportedException>(pool.ApplyAsync(() => TaskContext.Current!.Engines.Ids.Count))).Message, StringComparison.Ordinal);
    }
}
