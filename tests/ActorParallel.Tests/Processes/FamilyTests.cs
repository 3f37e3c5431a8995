using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Processes;

public sealed class FamilyTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static string Who => $"{ParallelProcess.Current.Name}, {ParallelProcess.Current.Pid == Environment.ProcessId}, {ParallelProcess.Parent?.Name}, {ParallelProcess.Parent?.Pid}";

    [Fact]
    public async Task EachKnowsItselfAndItsParent()
    {
        string childFile = NewFile(), grandchildFile = NewFile();
        await using ParallelProcess p = new(() =>
        {
            Write(childFile, $"{Who}, {Environment.ProcessId}");
            ParallelProcess inner = new(() => Write(grandchildFile, Who));
            inner.Start();
            inner.Join();
        });
        Assert.Matches("^ParallelProcess-[0-9]+$", p.Name);
        p.Start();
        await p.JoinAsync(Token);
        Assert.Equal($"{p.Name}, True, MainProcess, {Environment.ProcessId}, {p.Pid}", await ReadAsync(childFile));
        Assert.Equal($"{p.Name}:1, True, {p.Name}, {p.Pid}", await ReadAsync(grandchildFile));
        Assert.Null(ParallelProcess.Parent);
        Assert.Equal(("MainProcess", Environment.ProcessId, true), (ParallelProcess.Current.Name, ParallelProcess.Current.Pid, ParallelProcess.Current.IsAlive));
        Assert.Throws<InvalidOperationException>(ParallelProcess.Current.Start);
    }

    [Fact]
    public async Task DerivedObjectTravelsWithItsState()
    {
        string file = NewFile();
        await using Greeter p = new(7, file) { Greeting = "Hello" };
        p.Name = "greeter";
        p.Start();
        await p.JoinAsync(Token);
        Assert.Equal(0, p.ExitCode);
        Assert.Equal("Hello from greeter with id 7, itself True, [1, 2]", await ReadAsync(file));
        Assert.Equal(0, p.Runs); // memory is not shared
    }

    [Fact]
    public async Task TerminateCancelsADerivedTokenAndStillShowsTheSignal()
    {
        string started = NewFile(), left = NewFile();
        await using Waiter polite = new(started, left);
        polite.Start();
        await ReadAsync(started);
        polite.Terminate();
        await polite.JoinAsync(Token);
        Assert.Equal(-15, polite.ExitCode);
        Assert.Equal("left", await ReadAsync(left));
    }

    [Fact]
    public async Task TerminateEndsADerivedOneThatIgnoresItsToken()
    {
        string started = NewFile();
        await using Deaf deaf = new(started);
        deaf.Start();
        await ReadAsync(started);
        deaf.Terminate();
        Assert.True(deaf.Join(TimeSpan.FromSeconds(5)));
        Assert.Equal(-15, deaf.ExitCode);
    }

    [Fact]
    public async Task NothingToRunIsSaid()
    {
        await using Idle idle = new();
        idle.Start();
        await idle.JoinAsync(Token);
        Assert.Equal(1, idle.ExitCode);
    }

    [Fact]
    public async Task AnotherProcessOnlyKnowsTheObject()
    {
        string file = NewFile();
        await using ParallelProcess other = new(Forever);
        other.Start();
        await using ParallelProcess p = new(() =>
        {
            try
            {
                other.Kill();
            }
            catch (InvalidOperationException refused)
            {
                Write(file, $"{other.Name}: {refused.Message}");
            }
        });
        p.Start();
        Assert.Matches($"^{other.Name}: Kill .* is for the process that made it", await ReadAsync(file));
        Assert.True(other.IsAlive);
    }

    [Fact]
    public async Task DaemonMayHaveNoChildren()
    {
        string file = NewFile();
        await using ParallelProcess p = new(() =>
        {
            try
            {
                new ParallelProcess(Forever).Start();
            }
            catch (InvalidOperationException refused)
            {
                Write(file, refused.Message);
            }
        }, daemon: true);
        p.Start();
        await p.JoinAsync(Token);
        Assert.Contains("a daemonic process may not have children", await ReadAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DaemonsEndWithAParentThatEndsNormally()
    {
        string file = NewFile();
        await using ParallelProcess p = new(() =>
        {
            ParallelProcess daemon = new(Forever) { Daemon = true };
            daemon.Start();
            Write(file, daemon.Pid.ToString()!);
        });
        p.Start();
        int daemonPid = int.Parse(await ReadAsync(file));
        Assert.True(p.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, p.ExitCode);
        Assert.True(IsGone(daemonPid));
    }

    [Fact]
    public async Task OthersAreAwaitedByAParentThatEndsNormally()
    {
        string go = NewFile(), done = NewFile(), child = NewFile();
        await using ParallelProcess p = new(() =>
        {
            ParallelProcess inner = new(async () =>
            {
                Write(child, "runs");
                while (!File.Exists(go))
                    await Task.Delay(10);
                Write(done, "done");
            });
            inner.Start();
        });
        p.Start();
        await ReadAsync(child);
        Assert.False(p.Join(TimeSpan.FromMilliseconds(300)));
        Write(go, "");
        Assert.True(p.Join(TimeSpan.FromSeconds(10)));
        Assert.True(File.Exists(done));
    }

    sealed class Greeter(int id, string file) : ParallelProcess
    {
        readonly List<int> list = [1, 2];

        public string Greeting { get; init; } = "";

        public int Runs { get; private set; }

        protected override void Run()
        {
            Runs++;
            Write(file, $"{Greeting} from {Name} with id {id}, itself {ReferenceEquals(this, Current)}, [{string.Join(", ", list)}]");
        }
    }

    sealed class Waiter(string started, string left) : ParallelProcess
    {
        protected override async Task RunAsync(CancellationToken cancellationToken)
        {
            Write(started, "");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                Write(left, "left");
            }
        }
    }

    sealed class Deaf(string started) : ParallelProcess
    {
        protected override Task RunAsync(CancellationToken cancellationToken)
        {
            Write(started, "");
            Forever();
            return Task.CompletedTask;
        }
    }

    sealed class Idle : ParallelProcess;
}
