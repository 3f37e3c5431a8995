using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ActorParallel.Processes;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Processes;

public sealed class ChildProcessTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CapturesOutputAndErrorByLine()
    {
        ConcurrentQueue<string> output = new(), error = new();
        ChildStart start = StartOf(() =>
        {
            Console.WriteLine("one");
            Console.Write("two\nthree without end");
            throw new InvalidOperationException("it broke");
        });
        await using ChildProcess child = ChildProcess.Start(start with { OnOutput = output.Enqueue, OnError = error.Enqueue });
        Assert.True(await child.HandedOver);
        ChildExit exit = await child.Exited.WaitAsync(Token);
        await child.OutputEnded.WaitAsync(Token);
        Assert.Equal(1, exit.Code);
        Assert.Null(exit.Signal);
        Assert.Equal(["one", "two", "three without end"], output);
        Assert.Contains("System.InvalidOperationException: it broke", error.First(), StringComparison.Ordinal);
        Assert.Contains(error, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal)); // its stack
    }

    [Fact]
    public async Task BlockedListenerDoesNotBlockTheChild()
    {
        using ManualResetEventSlim release = new();
        ChildStart start = StartOf(() =>
        {
            for (int i = 0; i < 200_000; i++)
                Console.WriteLine(i);
        });
        await using ChildProcess child = ChildProcess.Start(start with { OnOutput = _ => release.Wait(TimeSpan.FromSeconds(30)) });
        ChildExit exit = await child.Exited.WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal(0, exit.Code);
        release.Set();
    }

    [Fact]
    public async Task OutputEndsThoughAnotherProcessHoldsThePipe()
    {
        string file = NewFile();
        ChildStart start = StartOf(() => Write(file, Process.Start("sleep", "60").Id.ToString(CultureInfo.InvariantCulture)));
        await using ChildProcess child = ChildProcess.Start(start with { OnOutput = _ => { }, OnError = _ => { } });
        using Process sleeper = Process.GetProcessById(int.Parse(await ReadAsync(file), CultureInfo.InvariantCulture));
        await child.Exited.WaitAsync(Token);
        await child.OutputEnded.WaitAsync(TimeSpan.FromSeconds(5), Token);
        Assert.False(IsGone(sleeper.Id));
        sleeper.Kill();
    }

    [Fact]
    public async Task ExitIsNoticedAtOnceWithSignalAndPeak()
    {
        string file = NewFile();
        await using ChildProcess child = ChildProcess.Start(StartOf(() =>
        {
            byte[] large = GC.AllocateUninitializedArray<byte>(200 << 20);
            large.AsSpan().Fill(1);
            Write(file, "");
            Forever();
            GC.KeepAlive(large);
        }));
        await ReadAsync(file);
        Assert.InRange(child.PeakBytes()!.Value, 200L << 20, 2L << 30);
        long start = Stopwatch.GetTimestamp();
        Assert.True(child.Kill());
        ChildExit exit = await child.Exited.WaitAsync(Token);
        Assert.InRange(Stopwatch.GetElapsedTime(start, exit.Timestamp), TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
        Assert.Equal((9, -9), (exit.Signal, exit.SignedCode));
        Assert.InRange(exit.PeakBytes!.Value, 200L << 20, 2L << 30);
        Assert.StartsWith("signal 9 (SIGKILL), peak memory ", exit.ToString(), StringComparison.Ordinal);
        Assert.False(child.Kill());
        Assert.Null(State(child.Pid));
    }

    [Fact]
    public async Task ClosingItsInputEndsAChildThatIsBusy()
    {
        string file = NewFile();
        ChildProcess child = ChildProcess.Start(StartOf(() =>
        {
            Write(file, "");
            while (true)
            {
            }
        }) with { Grace = TimeSpan.FromSeconds(30) });
        await ReadAsync(file);
        long start = Stopwatch.GetTimestamp();
        await child.DisposeAsync();
        await child.DisposeAsync();
        Assert.True(child.Exited.IsCompleted);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.False(await child.SendAsync(new byte[] { 1 }));
    }

    [Fact]
    public async Task DisposeKillsAStoppedChild()
    {
        ChildProcess child = ChildProcess.Start(StartOf(Forever) with { Grace = TimeSpan.FromMilliseconds(100) });
        Assert.True(child.Signal(19)); // SIGSTOP
        await child.DisposeAsync();
        Assert.Equal(-9, (await child.Exited.WaitAsync(TimeSpan.Zero, Token)).SignedCode);
    }

    [Fact]
    public async Task LargeHandOverArrives()
    {
        string file = NewFile();
        byte[] large = new byte[20 << 20];
        Random.Shared.NextBytes(large);
        long expected = large.Sum(b => (long)b);
        await using ChildProcess child = ChildProcess.Start(StartOf(() => Write(file, large.Sum(b => (long)b).ToString(CultureInfo.InvariantCulture))));
        Assert.True(await child.HandedOver);
        await child.Exited.WaitAsync(Token);
        Assert.Equal(expected, long.Parse(await ReadAsync(file), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task KillOfTheTreeTakesWhatItStarted()
    {
        string file = NewFile();
        await using ChildProcess child = ChildProcess.Start(StartOf(() =>
        {
            using Process sleep = Process.Start("sleep", "60");
            Write(file, sleep.Id.ToString(CultureInfo.InvariantCulture));
            sleep.WaitForExit();
        }));
        int sleeper = int.Parse(await ReadAsync(file), CultureInfo.InvariantCulture);
        Assert.True(child.Kill(entireTree: true));
        await child.Exited.WaitAsync(Token);
        await UntilAsync(() => IsGone(sleeper), "the sleeper is gone", TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task EnvironmentCanBeSetAndRemoved()
    {
        string file = NewFile();
        await using ChildProcess child = ChildProcess.Start(StartOf(() =>
            Write(file, $"{Environment.GetEnvironmentVariable("AP_TEST")}|{Environment.GetEnvironmentVariable("HOME")}")) with
        {
            Environment = new Dictionary<string, string?> { ["AP_TEST"] = "ä", ["HOME"] = null },
        });
        await child.Exited.WaitAsync(Token);
        Assert.Equal("ä|", await ReadAsync(file));
    }

    [Fact]
    public void MissingFilesAreNamedWithTheRemedy()
    {
        ChildProgram whole = ChildProgram.Current;
        ChildStart start = new() { Role = ProcessMain.Role };
        FileNotFoundException engine = Assert.Throws<FileNotFoundException>(() => ChildProcess.Start(start with { Program = whole with { Engine = "/nowhere/ActorParallel.Engine.dll" } }));
        Assert.Contains("'/nowhere/ActorParallel.Engine.dll' is missing; add a reference to ActorParallel.Engine", engine.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/dotnet", Assert.Throws<FileNotFoundException>(() => ChildProcess.Start(start with { Program = whole with { Dotnet = "/nowhere/dotnet" } })).Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/a.json", Assert.Throws<FileNotFoundException>(() => ChildProcess.Start(start with { Program = whole with { RuntimeConfig = "/nowhere/a.json" } })).Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/b.json", Assert.Throws<FileNotFoundException>(() => ChildProcess.Start(start with { Program = whole with { Deps = "/nowhere/b.json" } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostThatIsNoProgramIsRefused()
    {
        string file = NewFile();
        await File.WriteAllTextAsync(file, "not a program", Token);
        IOException refused = Assert.Throws<IOException>(() => ChildProcess.Start(new ChildStart { Role = ProcessMain.Role, Program = ChildProgram.Current with { Dotnet = file } }));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownRoleIsRefusedInOneSentence()
    {
        ConcurrentQueue<string> error = new();
        await using ChildProcess child = ChildProcess.Start(new ChildStart { Role = "dance", OnError = error.Enqueue });
        ChildExit exit = await child.Exited.WaitAsync(Token);
        await child.OutputEnded.WaitAsync(Token);
        Assert.Equal(2, exit.Code);
        Assert.Contains("that program starts it", Assert.Single(error), StringComparison.Ordinal);
    }
}
