namespace ActorParallel.Contract.Tests;

/// <summary>Results as arguments: a graph of tasks.</summary>
public abstract class LateArgumentContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task AResultIsAnArgumentWhenItIsThere()
    {
        using var gate = Signal.New();
        var pool = CreatePool(2);
        var three = pool.ApplyAsync(() => gate.Wait() ? 3 : 0);
        var nine = pool.ApplyAsync(x => x * x, three);
        var text = pool.ApplyAsync((x, y) => $"{x} {y}", three, nine);
        var later = pool.ApplyAsync(async x => { await Task.Yield(); return x + 1; }, nine);
        Assert.Equal((TaskState.Waiting, TaskState.Waiting, TaskState.Waiting), (nine.State, text.State, later.State));
        gate.Set();
        Assert.Equal("3 9", await Soon(text));
        Assert.Equal(10, await Soon(later));
        Assert.Equal(9, nine.Get());
    }

    [Fact]
    public async Task AMapsValuesAreAnArgument()
    {
        var map = Pool.MapAsync(x => x * 2, Enumerable.Range(0, 10).ToArray());
        Assert.Equal(90, await Soon(Pool.ApplyAsync((int[] values) => values.Sum(), map)));
    }

    [Fact]
    public async Task AnArgumentThatFailedFailsTheTaskWithItsError()
    {
        using var tally = Tally.New();
        var broken = Pool.ApplyAsync(() => Fail<int>(new OrderException("broken", 7)));
        var second = Pool.ApplyAsync(x => tally.Add(x), broken);
        var third = Pool.ApplyAsync((x, y) => tally.Add(x + y), Pool.ApplyAsync(() => 1), second);
        Assert.Equal(7, (await Assert.ThrowsAsync<OrderException>(() => Soon(third))).Code);
        Assert.Equal(TaskState.Failed, third.State);
        Assert.Equal(0, tally.Count);
    }

    [Fact]
    public async Task AWaitingTaskIsCancelledAtOnce()
    {
        using var gate = Signal.New();
        using var tally = Tally.New();
        var pool = CreatePool(2);
        var three = pool.ApplyAsync(() => gate.Wait() ? 3 : 0);
        var waiting = pool.ApplyAsync(x => tally.Add(x), three);
        var onIt = pool.ApplyAsync(x => tally.Add(x), waiting);
        Assert.True(waiting.Cancel());
        await Ended(waiting);
        await Ended(onIt);
        Assert.Equal((TaskState.Cancelled, TaskState.Cancelled), (waiting.State, onIt.State));
        Assert.Equal(CancellationStep.BeforeStart, waiting.Metadata.Cancellation);
        gate.Set();
        Assert.Equal(3, await Soon(three));
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
        Assert.Equal(0, tally.Count);
    }

    [Fact]
    public async Task ATokenCancelsAWaitingTask()
    {
        using var gate = Signal.New();
        using var stop = new CancellationTokenSource();
        var pool = CreatePool(2);
        var waiting = pool.ApplyAsync(x => x, pool.ApplyAsync(gate.Wait), stop.Token);
        await stop.CancelAsync();
        await Ended(waiting);
        Assert.Equal(TaskState.Cancelled, waiting.State);
    }
}
