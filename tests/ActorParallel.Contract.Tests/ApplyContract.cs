namespace ActorParallel.Contract.Tests;

public abstract class ApplyContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task FunctionsTakeNoneToFourArguments() => await Call(() =>
    {
        Assert.Equal(7, Pool.Apply(() => 7));
        Assert.Equal(9, Pool.Apply(x => x * x, 3));
        Assert.Equal("ab", Pool.Apply((a, b) => a + b, "a", "b"));
        Assert.Equal(6.5, Pool.Apply((a, b, c) => a + b + c, 1, 2.5, 3f));
        Assert.Equal("1x2.5True", Pool.Apply((a, b, c, d) => $"{a}{b}{c}{d}", 1, 'x', 2.5, true));
    });

    [Fact]
    public async Task ActionsTakeNoneToTwoArguments()
    {
        using var tally = Tally.New();
        var (one, two) = ("one", "two");
        await Call(() =>
        {
            Pool.Apply(() => { tally.Add("none"); });
            Pool.Apply(t => { t.Add("one"); }, tally);
            Pool.Apply((t, text) => { t.Add(text); }, tally, two);
        });
        Assert.Equal((1, 1, 1), (tally.CountOf("none"), tally.CountOf(one), tally.CountOf(two)));
    }

    [Fact]
    public async Task AsyncFunctionsAndActionsAreAwaited()
    {
        using var tally = Tally.New();
        await Call(() =>
        {
            Assert.Equal(7, Pool.Apply(async () => { await Task.Yield(); return 7; }));
            Assert.Equal(9, Pool.Apply(async x => { await Task.Delay(1); return x * x; }, 3));
            Assert.Equal(5, Pool.Apply(async (a, b) => { await Task.Yield(); return a + b; }, 2, 3));
            Assert.Equal(9, Pool.Apply(async (a, b, c) => { await Task.Yield(); return a + b + c; }, 2, 3, 4));
            Assert.Equal(14, Pool.Apply(async (a, b, c, d) => { await Task.Yield(); return a + b + c + d; }, 2, 3, 4, 5));
            Pool.Apply(async () => { await Task.Delay(20); tally.Add("none"); });
            Pool.Apply(async t => { await Task.Delay(20); t.Add("one"); }, tally);
            Pool.Apply(async (t, text) => { await Task.Delay(20); t.Add(text); }, tally, "two");
        });
        Assert.Equal(3, tally.Count);
    }

    [Fact]
    public async Task MethodGroupsGenericMethodsAndInstanceMethodsRun() => await Call(() =>
    {
        Assert.Equal(16, Pool.Apply(Square, 4));
        Assert.Equal("x", Pool.Apply(Echo<string>, "x"));
        Assert.Equal(new DateOnly(2020, 1, 2), Pool.Apply(Echo<DateOnly>, new DateOnly(2020, 1, 2)));
        Assert.Equal(12, Pool.Apply(new Scaler(3).Scale, 4));
        Assert.Equal(4, Pool.Apply(SquareLaterAsync, 2));
        Assert.Equal(5, Pool.Apply(Math.Max, 3, 5));
    });

    [Fact]
    public async Task LambdasSeeWhatTheyCapture()
    {
        var factor = 3;
        var names = new Dictionary<int, string> { [6] = "six" };
        Func<int, int> times = x => x * factor;
        Assert.Equal("six", await Soon(Pool.ApplyAsync(() => names[times(2)])));
        Assert.Equal(new[] { 0, 3, 6 }, await Soon(Pool.ApplyAsync(() => Enumerable.Range(0, 3).Select(i => i * factor).ToArray())));
    }

    [Fact]
    public async Task ValuesOfAllKindsComeBack()
    {
        Assert.Null(await Soon(Pool.ApplyAsync(() => (string?)null)));
        Assert.Equal((1, "a", 2.5m), await Soon(Pool.ApplyAsync(() => (1, "a", 2.5m))));
        Assert.Equal(new Scaler(5), await Soon(Pool.ApplyAsync(() => new Scaler(5))));
        Assert.Equal(Enumerable.Range(0, 50_000).Sum(i => (double)i), (await Soon(Pool.ApplyAsync(() => Enumerable.Range(0, 50_000).Select(i => (double)i).ToArray()))).Sum());
        Assert.Equal(DayOfWeek.Friday, await Soon(Pool.ApplyAsync(d => d, DayOfWeek.Friday)));
    }

    [Fact]
    public async Task ApplyAsyncReturnsBeforeTheTaskEnds()
    {
        var pool = CreatePool(1);
        using var gate = Signal.New();
        var result = pool.ApplyAsync(gate.Wait);
        Assert.False(result.Ready);
        gate.Set();
        Assert.True(await Soon(result));
    }

    [Fact]
    public async Task ManyTasksFromManyCallersAllComeBack()
    {
        var callers = Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            var results = Enumerable.Range(0, 500).Select(i => Pool.ApplyAsync(x => x + 1, caller * 1000 + i)).ToArray();
            return (await AsyncResult.WhenAll(results)).Sum();
        }));
        var sums = await Task.WhenAll(callers).WaitAsync(Patience, Cancelled);
        Assert.Equal(Enumerable.Range(0, 4).Select(c => Enumerable.Range(0, 500).Sum(i => c * 1000 + i + 1)), sums);
    }

    static int Square(int x) => x * x;

    static T Echo<T>(T value) => value;

    static async Task<int> SquareLaterAsync(int x)
    {
        await Task.Delay(1);
        return x * x;
    }

    public sealed record Scaler(int Factor)
    {
        public int Scale(int x) => x * Factor;
    }
}
