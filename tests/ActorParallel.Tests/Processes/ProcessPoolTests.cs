using System.Reflection;
using System.Reflection.Emit;
using ActorParallel.Pools;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Processes;

/// <summary>What pools of processes promise beyond the contract they share with threads.</summary>
public sealed class ProcessPoolTests
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ConsoleOutputReachesTheResult()
    {
        await using var pool = ParallelPool.Processes(1, new ParallelPoolOptions { MaxOutput = 100 });
        var result = pool.ApplyAsync(() =>
        {
            Console.WriteLine("to out");
            Console.Error.Write("to error");
        });
        await result.AsTask().WaitAsync(s_limit);
        Assert.Equal($"to out{Environment.NewLine}to error", result.Output);
        var silent = pool.ApplyAsync(() => 1);
        await silent;
        Assert.Equal("", silent.Output);
        var loud = pool.ApplyAsync(() => Console.Write(new string('x', 1000)));
        await loud;
        Assert.StartsWith(new string('x', 100), loud.Output, StringComparison.Ordinal);
        Assert.Contains("900 more characters were cut", loud.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerIsReplacedAfterSoManyTasks()
    {
        await using var pool = ParallelPool.Processes(1, new ParallelPoolOptions { MaxTasksPerWorker = 3 });
        var pids = new List<int>();
        for (var i = 0; i < 9; i++) pids.Add(await pool.ApplyAsync(() => Environment.ProcessId).AsTask().WaitAsync(s_limit));
        Assert.Equal([3, 3, 3], pids.GroupBy(pid => pid).Select(group => group.Count()));
        var burst = await pool.With(chunkSize: 1).MapAsync(_ => Environment.ProcessId, Enumerable.Range(0, 12).ToArray()).AsTask().WaitAsync(s_limit);
        Assert.All(burst.GroupBy(pid => pid), group => Assert.InRange(group.Count(), 1, 3));
    }

    [Fact]
    public async Task WorkerWhoseMemoryGrewIsReplaced()
    {
        await using var pool = ParallelPool.Processes(1, new ParallelPoolOptions { MaxMemoryGrowth = 100 << 20 });
        var first = await pool.ApplyAsync(() => Environment.ProcessId);
        // The first reading is the measure; it is taken within a second or so of the first task.
        await UntilAsync(() => Grow(pool) != first, "another process runs the tasks", s_limit);
    }

    static readonly List<byte[]> s_leak = [];

    static int Grow(ParallelPool pool) => pool.Apply(() =>
    {
        var more = new byte[1 << 20];
        Random.Shared.NextBytes(more);
        s_leak.Add(more);
        return Environment.ProcessId;
    });

    [Fact]
    public async Task ValueThatCannotTravelIsANormalFailure()
    {
        await using var pool = ParallelPool.Processes(1);
        var error = await Assert.ThrowsAsync<ShippingException>(() => pool.ApplyAsync(() => (object)new MemoryStream()).AsTask().WaitAsync(s_limit));
        Assert.Contains("MemoryStream", error.Message, StringComparison.Ordinal);
        var map = await Assert.ThrowsAsync<ParallelMapException<object>>(
            () => pool.With(chunkSize: 4).MapAsync(n => n == 2 ? new MemoryStream() : (object)n, [0, 1, 2, 3]).AsTask().WaitAsync(s_limit));
        Assert.Equal([2], map.Errors.Keys);
        Assert.Equal<object?>([0, 1, null, 3], map.Values);
    }

    [Fact]
    public void CapturedStreamIsRefusedAtTheCallByItsName()
    {
        using var pool = ParallelPool.Processes(1);
        using var stream = new MemoryStream();
        var error = Assert.Throws<ShippingException>(() => pool.ApplyAsync(() => stream.Length));
        Assert.Equal("stream", error.Path);
        Assert.Contains("stream", error.Message, StringComparison.Ordinal);
        var argument = Assert.Throws<ShippingException>(() => pool.ApplyAsync(s => s.Length, stream));
        Assert.Contains("MemoryStream", argument.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThreeGigabytesAreRefusedAtOnce()
    {
        using var pool = ParallelPool.Processes(1);
        var huge = new long[400_000_000];
        var error = Assert.Throws<ShippingException>(() => pool.ApplyAsync(a => a.Length, huge));
        Assert.Contains("3,200,000,000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExceptionOfATypeThatIsNotHereArrivesAsRemoteTaskException()
    {
        await using var pool = ParallelPool.Processes(1);
        var error = await Assert.ThrowsAsync<RemoteTaskException>(() => pool.ApplyAsync(() => throw MakeStranger("from afar")).AsTask().WaitAsync(s_limit));
        Assert.Equal("from afar", error.Message);
        Assert.Contains("StrangerException", error.TypeName, StringComparison.Ordinal);
        Assert.Contains(nameof(ExceptionOfATypeThatIsNotHereArrivesAsRemoteTaskException), error.RemoteStackTrace, StringComparison.Ordinal);
    }

    static Exception MakeStranger(string message)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Strangers"), AssemblyBuilderAccess.Run).DefineDynamicModule("Strangers");
        var type = module.DefineType("StrangerException", TypeAttributes.Public, typeof(Exception));
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(string)]).GetILGenerator();
        constructor.Emit(OpCodes.Ldarg_0);
        constructor.Emit(OpCodes.Ldarg_1);
        constructor.Emit(OpCodes.Call, typeof(Exception).GetConstructor([typeof(string)])!);
        constructor.Emit(OpCodes.Ret);
        return (Exception)Activator.CreateInstance(type.CreateType(), message)!;
    }

    [Fact]
    public async Task ItTalksOverMutualTlsWhereThereAreNoSocketFiles()
    {
        await using var pool = ParallelPool.Processes(2, new ParallelPoolOptions { Transport = "tls" });
        Assert.Equal(49, await pool.ApplyAsync(x => x * x, 7).AsTask().WaitAsync(s_limit));
        var block = new byte[1 << 20];
        Random.Shared.NextBytes(block);
        Assert.Equal(block, await pool.ApplyAsync(b => b, block).AsTask().WaitAsync(s_limit));
        Assert.Equal(1000, (await pool.MapAsync(x => x + 1, Enumerable.Range(0, 1000).ToArray()).AsTask().WaitAsync(s_limit)).Length);
        Assert.Empty(Directory.EnumerateFiles(((ProcessExecutor)((IParallelExecutor)pool).Executor).Folder, "*.sock"));
    }

    [Fact]
    public async Task FolderIsTheUsersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var pool = ParallelPool.Processes(1);
        await pool.ApplyAsync(() => 1);
        var mode = new DirectoryInfo(((ProcessExecutor)((IParallelExecutor)pool).Executor).Folder).UnixFileMode;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, mode);
    }

    [Fact]
    public async Task LargeMessagesStayFarBelowTheFrameLimit()
    {
        // As much as fits in messages at a time, in both directions, with as much output as is kept.
        const int inline = 512 << 10;
        await using var pool = ParallelPool.Processes(2, new ParallelPoolOptions { InlineLimit = inline, MaxOutput = 1 << 20, HighWaterMark = 64 });
        var block = new byte[inline - 1000];
        Random.Shared.NextBytes(block);
        var results = Enumerable.Range(0, 100).Select(_ => pool.ApplyAsync(b =>
        {
            Console.Write(new string('\u1234', 2 << 20));
            return b;
        }, block)).ToArray();
        foreach (var value in await AsyncResult.WhenAll(results).WaitAsync(s_limit)) Assert.Equal(block, value);
    }

    [Fact]
    public async Task TaskThatMapsOnItsOwnPoolDoesNotWaitForItself()
    {
        await using var pool = ParallelPool.Processes(1);
        var sum = pool.ApplyAsync(() => pool.Map(x => pool.Apply(y => y + 1, x), [1, 2, 3]).Sum());
        Assert.Equal(9, await sum.AsTask().WaitAsync(s_limit));
    }

    [Fact]
    public async Task InitializerRunsInEveryProcessBeforeItsFirstTask()
    {
        await using var pool = ParallelPool.Processes(2, new ParallelPoolOptions { Initializer = () => s_initialized = 5 });
        Assert.All(await pool.With(chunkSize: 1).MapAsync(_ => s_initialized, Enumerable.Range(0, 20).ToArray()), n => Assert.Equal(5, n));
    }

    static int s_initialized;

    [Fact]
    public async Task InitializerThatThrowsFailsThePoolWithItsError()
    {
        await using var pool = ParallelPool.Processes(2, new ParallelPoolOptions { Initializer = () => throw new InvalidOperationException("no licence") });
        var task = pool.ApplyAsync(() => 1);
        var error = await Assert.ThrowsAsync<PoolFaultedException>(() => task.AsTask().WaitAsync(s_limit));
        Assert.Equal("no licence", Assert.IsType<InvalidOperationException>(error.InnerException).Message);
        Assert.Throws<PoolFaultedException>(() => pool.Apply(() => 1));
    }
}
