using System.Diagnostics;
using System.Runtime.Loader;
using ActorParallel.Functions;
using ActorParallel.Scripts;

namespace ActorParallel.Tests.Functions;

/// <summary>From a client to engines that have nothing of its program, and back.</summary>
public sealed class ShippingClusterTests(ShippedCluster shipped) : IClassFixture<ShippedCluster>
{
    const string Deep = "namespace Deep { public static class Numbers { public static int Seven => VALUE; } public sealed class DeepException(string text) : Exception(text); }";
    const string App = """
        public sealed record Order(string Name, int[] Amounts);
        public static class Entry
        {
            public static Func<int, int> Add(int captured) => x => Deep.Numbers.Seven + captured + x;
            public static Func<object, object> Total() => o => new Order(((Order)o).Name + "!", [((Order)o).Amounts.Sum()]);
            public static object Make() => new Order("tea", [1, 2, 3]);
            public static Func<int, int> Throw() => x => throw new Deep.DeepException("deep " + x);
            public static Func<int, Task<string>> Later() => async x => { await Task.Yield(); return Type.GetType("Order, App") is null ? "none" : "Order" + x; };
            public static Func<int, int> Named() => Twice;
            [ActorParallel.ParallelTask("shipping-twice")] public static int Twice(int x) => 2 * x;
        }
        """;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    LoadBalancedView View => shipped.Client.LoadBalancedView();

    static Compiled Two(int value = 7) => new Compiled().Add("Deep", Deep.Replace("VALUE", $"{value}")).Add("App", App);

    [Fact]
    public async Task ALambdaTravelsWithItsCapturesAndRecords()
    {
        var offset = new Point(10, 20);
        var moved = await Within(View.ApplyAsync(p => new Point(p.X + offset.X, p.Y + offset.Y), new Point(1, 2), Token));
        Assert.Equal(new Point(11, 22), moved);
        var (engine, context) = await Within(View.ApplyAsync(() => (Environment.ProcessId, AssemblyLoadContext.GetLoadContext(typeof(Point).Assembly)!.Name), Token));
        Assert.NotEqual(Environment.ProcessId, engine);
        Assert.Equal("code set", context);
    }

    [Fact]
    public async Task ManyTasksTravelAsOne()
    {
        var offset = 3;
        var results = Enumerable.Range(0, 500).Select(i => View.ApplyAsync(x => new Point(x, x + offset), i, Token)).ToArray();
        for (int i = 0; i < results.Length; i++) Assert.Equal(new Point(i, i + 3), await Within(results[i]));
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => new Point(i, 3)), await Within(View.MapAsync(i => new Point(i, offset), Enumerable.Range(0, 5000), Token)));
    }

    [Fact]
    public async Task ViewsOfEnginesTakeTheProgramToo()
    {
        var all = shipped.Client.DirectView();
        var at = new Point(4, 5);
        int[] nines = [9, 9];
        Point[] two = [at, at];
        Assert.Equal(nines, await Within(all.ApplyAsync(p => p.X + p.Y, at, Token)));
        await all.PushAsync(new { here = at }, Token).WaitAsync(Token);
        Assert.Equal(two, await Within(all.PullAsync<Point>("here", Token)));
    }

    [Fact]
    public async Task AnExceptionOfTheClientsComesBackAsItself()
    {
        var thrown = await Assert.ThrowsAsync<OddException>(() => Within(View.ApplyAsync(x => x > 0 ? throw new OddException($"odd {x}") : x, 3, Token)));
        Assert.Equal("odd 3", thrown.Message);
        var program = Two();
        var deep = await Assert.ThrowsAnyAsync<Exception>(() => Within(View.ApplyAsync(program.Get<Func<int, int>>("App", "Throw"), 5, Token)));
        Assert.Equal("deep 5", deep.Message);
        Assert.Same(program.Load("Deep").GetType("Deep.DeepException"), deep.GetType());
    }

    [Fact]
    public async Task AProgramTravelsWithItsDependenciesAndItsValuesComeHome()
    {
        var program = Two();
        Assert.Equal(108, await Within(View.ApplyAsync(program.Get<Func<int, int>>("App", "Add", 100), 1, Token)));
        var order = await Within(View.ApplyAsync(program.Get<Func<object, object>>("App", "Total"), program.Get<object>("App", "Make"), Token));
        Assert.Same(program.Load("App").GetType("Order"), order.GetType());
        Assert.StartsWith("Order { Name = tea!", order.ToString(), StringComparison.Ordinal);
        // What is looked up by name is found after an await too.
        Assert.Equal("Order6", await Within(View.ApplyAsync(program.Get<Func<int, Task<string>>>("App", "Later"), 6, Token)));
    }

    [Fact]
    public async Task ARebuiltProgramRunsItsNewCode()
    {
        Compiled old = Two(7), rebuilt = Two(8);
        Assert.Equal(7, await Within(View.ApplyAsync(old.Get<Func<int, int>>("App", "Add", 0), 0, Token)));
        Assert.Equal(8, await Within(View.ApplyAsync(rebuilt.Get<Func<int, int>>("App", "Add", 0), 0, Token)));
        Assert.Equal(7, await Within(View.ApplyAsync(old.Get<Func<int, int>>("App", "Add", 0), 0, Token)));
    }

    [Fact]
    public async Task ANamedTaskTravelsToo() =>
        Assert.Equal(42, await Within(View.ApplyAsync(Two().Get<Func<int, int>>("App", "Named"), 21, Token)));

    [Fact]
    public async Task AScriptsLambdaTravelsWithTheVariablesItReads()
    {
        var globals = new Globals();
        var session = new ScriptSession(globals, typeof(Globals), (assembly, image) => CodeSource.Register(assembly, image));
        async Task<T> Run<T>(string code) => (T)(await session.RunAsync(code, null, Token)).Value!;
        await Run<object?>("int offset = 5; int unread = 1; int Twice(int x) => 2 * x + offset; record Pair(int A, int B);");
        await Run<object?>("int more = 100;");
        Assert.Equal(126, await Within(View.ApplyAsync(await Run<Func<int, int>>("(Func<int, int>)(x => Twice(x) + more + 1)"), 10, Token)));
        Assert.Equal(15, await Within(View.ApplyAsync(await Run<Func<int, int>>("int local = 10; (Func<int, int>)(x => offset + local)"), 0, Token)));
        await Run<object?>("offset = 6;");
        var pair = await Within(View.ApplyAsync(await Run<Func<int, object>>("(Func<int, object>)(x => new Pair(x, offset))"), 3, Token));
        Assert.Equal("Pair { A = 3, B = 6 }", pair.ToString());
        Assert.Same(await Run<Type>("typeof(Pair)"), pair.GetType());
        var readsHost = await Run<Func<int, string>>("(Func<int, string>)(x => Host.ToString() + x)");
        var refused = Assert.Throws<ShippingException>(() => View.ApplyAsync(readsHost, 3, Token));
        Assert.Contains("host-object", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CodeThatIsGoneFailsTheTaskWithTheReason()
    {
        var program = new Compiled().Add("Vanished", "public static class Entry { public static Func<int, int> Same() => x => x; }");
        var function = program.Get<Func<int, int>>("Vanished", "Same");
        Directory.Delete(program.Folder, recursive: true);
        var refused = await Assert.ThrowsAsync<ShippingException>(() => Within(View.ApplyAsync(function, 1, Token)));
        Assert.Contains("Vanished can't be sent to an engine", refused.Message, StringComparison.Ordinal);
    }

    internal static async Task<T> Within<T>(AsyncResult<T> result)
    {
        await result.WaitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        return result.Get();
    }

    public sealed record Point(int X, int Y);

    public sealed class OddException(string message) : Exception(message);

    public sealed class Globals
    {
        public Process Host { get; } = Process.GetCurrentProcess();
    }
}
