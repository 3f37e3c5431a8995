using System.Diagnostics;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Processes;

public sealed class ParallelProcessTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunsInAProcessOfItsOwn()
    {
        string file = NewFile();
        using ParallelProcess p = new(() => Write(file, Environment.ProcessId.ToString()));
        Assert.Null(p.Pid);
        Assert.Null(p.ExitCode);
        Assert.False(p.IsAlive);
        p.Start();
        Assert.True(p.Join(Limit));
        Assert.Equal(0, p.ExitCode);
        Assert.False(p.IsAlive);
        Assert.NotEqual(Environment.ProcessId, p.Pid);
        Assert.Equal(p.Pid.ToString(), await ReadAsync(file));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(137)]
    public async Task ReturnsTheFunctionsExitCode(int code)
    {
        await using ParallelProcess p = new(() => code);
        p.Start();
        await p.JoinAsync(Token);
        Assert.Equal(code, p.ExitCode);
    }

    [Fact]
    public async Task EnvironmentExitGivesItsCode()
    {
        await using ParallelProcess p = new(() => Environment.Exit(3));
        p.Start();
        await p.JoinAsync(Token);
        Assert.Equal(3, p.ExitCode);
    }

    [Fact]
    public async Task ExceptionOfAnyThreadGivesOne()
    {
        await using ParallelProcess own = new(() => throw new InvalidOperationException("own thread"));
        await using ParallelProcess other = new(() =>
        {
            new Thread(() => throw new InvalidOperationException("other thread")).Start();
            Forever();
        });
        own.Start();
        other.Start();
        await Task.WhenAll(own.JoinAsync(Token), other.JoinAsync(Token));
        Assert.Equal(1, own.ExitCode);
        Assert.Equal(1, other.ExitCode);
    }

    [Fact]
    public async Task AsynchronousFunctionsRunToTheirEnd()
    {
        string file = NewFile();
        await using ParallelProcess plain = new(async () =>
        {
            await Task.Delay(20);
            Write(file, "late");
        });
        await using ParallelProcess coded = new(async () =>
        {
            await Task.Yield();
            return 5;
        });
        plain.Start();
        coded.Start();
        await Task.WhenAll(plain.JoinAsync(Token), coded.JoinAsync(Token));
        Assert.Equal((0, 5), (plain.ExitCode, coded.ExitCode));
        Assert.Equal("late", await ReadAsync(file));
    }

    [Fact]
    public async Task KillAndTerminateGiveNegativeSignals()
    {
        await using ParallelProcess killed = new(Forever), terminated = new(Forever);
        killed.Start();
        terminated.Start();
        Assert.True(killed.IsAlive);
        Assert.False(killed.Join(TimeSpan.Zero));
        Assert.False(killed.Join(TimeSpan.FromMilliseconds(20)));
        killed.Kill();
        terminated.Terminate();
        await Task.WhenAll(killed.JoinAsync(Token), terminated.JoinAsync(Token));
        Assert.Equal((-9, -15), (killed.ExitCode, terminated.ExitCode));
        killed.Kill();
        killed.Terminate();
        Assert.Equal(-9, killed.ExitCode);
    }

    [Fact]
    public async Task TerminatesUserCodeThatRuns()
    {
        string file = NewFile();
        await using ParallelProcess p = new(() =>
        {
            Write(file, "");
            while (true)
            {
            }
        });
        p.Start();
        await ReadAsync(file);
        long start = Stopwatch.GetTimestamp();
        p.Terminate();
        await p.JoinAsync(Token);
        Assert.Equal(-15, p.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task JoinAsyncStopsWaitingWhenCancelled()
    {
        await using ParallelProcess p = new(Forever);
        p.Start();
        using CancellationTokenSource cancel = new();
        Task join = p.JoinAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => join);
        Assert.True(p.IsAlive);
    }

    [Fact]
    public async Task InputIsEmptyAndFolderIsTheParents()
    {
        string file = NewFile();
        await using ParallelProcess p = new(() => Write(file, $"{Console.In.ReadToEnd()}|{Environment.CurrentDirectory}"));
        p.Start();
        await p.JoinAsync(Token);
        Assert.Equal($"|{Environment.CurrentDirectory}", await ReadAsync(file));
    }

    [Fact]
    public async Task StartsWithoutAkkaAndMessagePack()
    {
        string file = NewFile();
        int captured = 3;
        await using ParallelProcess p = new(() => Write(file, captured + string.Join(' ', AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName().Name))));
        p.Start();
        await p.JoinAsync(Token);
        string loaded = await ReadAsync(file);
        Assert.StartsWith("3", loaded, StringComparison.Ordinal);
        Assert.Contains("ActorParallel.Tests", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("Akka", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("MessagePack", loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ActiveChildrenAreThoseThatRun()
    {
        await using ParallelProcess p = new(Forever);
        Assert.DoesNotContain(p, ParallelProcess.ActiveChildren());
        p.Start();
        Assert.Contains(p, ParallelProcess.ActiveChildren());
        p.Kill();
        p.Join();
        Assert.DoesNotContain(p, ParallelProcess.ActiveChildren());
        Assert.Null(State(p.Pid!.Value)); // no zombie either
    }

    [Fact]
    public async Task ManyStartAtOnce()
    {
        ParallelProcess[] all = [.. Enumerable.Range(0, 20).Select(i => new ParallelProcess(() => i))];
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(all.Select(p => Task.Run(p.Start, Token)));
        await Task.WhenAll(all.Select(p => p.JoinAsync(Token)));
        Assert.Equal(Enumerable.Range(0, 20), all.Select(p => p.ExitCode!.Value));
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task DisposeEndsItAndMayBeCalledTwice()
    {
        ParallelProcess one = new(Forever), other = new(Forever), unstarted = new(Forever);
        one.Start();
        other.Start();
        one.Dispose();
        one.Dispose();
        await other.DisposeAsync();
        await other.DisposeAsync();
        unstarted.Dispose();
        Assert.Equal((-15, -15), (one.ExitCode, other.ExitCode));
        Assert.Throws<ObjectDisposedException>(unstarted.Start);
        Assert.Throws<ObjectDisposedException>(one.Join);
        Assert.Throws<ObjectDisposedException>(one.Terminate);
    }

    [Fact]
    public async Task RefusesWrongUse()
    {
        Assert.Throws<ArgumentNullException>(() => new ParallelProcess((Action)null!));
        Assert.Throws<ArgumentNullException>(() => new ParallelProcess((Func<Task>)null!));
        await using ParallelProcess p = new(Forever);
        Assert.Contains("call Start", Assert.Throws<InvalidOperationException>(p.Join).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(p.Terminate);
        Assert.Throws<InvalidOperationException>(p.Kill);
        Assert.Throws<ArgumentException>(() => p.Name = "");
        p.Start();
        Assert.Contains("was started before", Assert.Throws<InvalidOperationException>(p.Start).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => p.Join(TimeSpan.FromSeconds(-3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => p.Join(TimeSpan.MaxValue));
        Assert.Throws<InvalidOperationException>(() => p.Daemon = true);
        Assert.Throws<InvalidOperationException>(() => p.Name = "late");
    }

    [Fact]
    public void NamesTheCaptureThatCantTravel()
    {
        using MemoryStream reader = new();
        using ParallelProcess p = new(() => reader.ReadByte());
        ShippingException refused = Assert.Throws<ShippingException>(p.Start);
        Assert.Equal("reader", refused.Path);
        Assert.False(p.IsAlive);
        Assert.Throws<ShippingException>(p.Start);
    }
}
