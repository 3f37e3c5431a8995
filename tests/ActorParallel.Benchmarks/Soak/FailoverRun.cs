using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorParallel.Benchmarks.Soak;

/// <summary>Loads a cluster of two controllers while the active one is killed and started anew as the standby, and now and then an engine; then all must have ended, once and right.</summary>
internal sealed class FailoverRun(int engines, int seed)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly string _home = Directory.CreateTempSubdirectory("apf-").FullName;
    readonly int[] _ports = FreePorts(2);
    readonly Member[] _controllers = new Member[2];
    readonly List<Member> _engines = [];
    ParallelClient _client = null!;

    public SoakCount Balanced { get; } = new();

    public SoakCount Streamed { get; } = new();

    public SoakCount Direct { get; } = new();

    public List<TimeSpan> Times { get; } = [];

    public int EngineKills { get; private set; }

    public ConcurrentQueue<string> Failures { get; } = new();

    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Stop();
        return ports;
    }

    string Seeds => string.Join(',', _ports.Select(p => $"127.0.0.1:{p}"));

    Member Start(string command, string file, int port) => new(command, file, new Dictionary<string, string>
    {
        ["ACTOR_PARALLEL_HOME"] = _home,
        ["AP_PORT"] = $"{port}",
        ["AP_SEEDS"] = Seeds,
    });

    public async Task RunAsync(int kills)
    {
        Environment.SetEnvironmentVariable("ACTOR_PARALLEL_HOME", _home);
        try
        {
            _controllers[0] = Start("controller", "cluster-seed.conf", _ports[0]);
            await _controllers[0].JoinedAsync(Patience);
            for (var i = 0; i < engines; i++) _engines.Add(Start("engine", "cluster-engine.conf", 0));
            _controllers[1] = Start("controller", "cluster-seed.conf", _ports[1]);
            await _controllers[1].JoinedAsync(Patience);
            // The shipped file, and where this cluster's controllers are.
            Environment.SetEnvironmentVariable("AP_CONTACTS", Seeds);
            await using (_client = await ParallelClient.ConnectAsync(ParallelConfig.Load(Path.Combine(AppContext.BaseDirectory, "config", "client.conf")), Patience, CancellationToken.None))
            {
                await _client.WaitForEnginesAsync(engines, Patience);
                using var over = new CancellationTokenSource();
                Task[] loops = [.. Enumerable.Range(0, 2).Select(i => Loop(i, BalancedAsync, over.Token)), Loop(10, StreamAsync, over.Token), Loop(20, DirectAsync, over.Token)];
                try
                {
                    await KillAsync(kills);
                }
                finally
                {
                    await over.CancelAsync();
                    await Task.WhenAll(loops);
                }
                await EndAsync();
            }
        }
        catch (Exception e)
        {
            Failures.Enqueue($"{e.GetType().Name}: {e.Message}");
        }
        finally
        {
            foreach (var member in _engines.Concat(_controllers.Where(c => c is not null))) member.Dispose();
            Directory.Delete(_home, recursive: true);
        }
    }

    async Task KillAsync(int kills)
    {
        var random = new Random(seed + 1);
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(300, 2000));
            if (random.Next(4) == 0) await KillEngineAsync(random.Next(_engines.Count));
            var active = kill % 2;
            _controllers[active].Kill();
            var begun = Stopwatch.GetTimestamp();
            // Nobody is there to take it.
            var probe = _client.LoadBalancedView().ApplyAsync(static () => 7);
            Equal(7, await probe.AsTask().WaitAsync(Patience));
            Times.Add(Stopwatch.GetElapsedTime(begun));
            Console.WriteLine($"  kill {kill + 1}: controller {active}, first new result after {Times[^1].TotalSeconds:0.0} s");
            _controllers[active].Dispose();
            _controllers[active] = Start("controller", "cluster-seed.conf", _ports[active]);
            await _controllers[active].JoinedAsync(Patience);
            for (var i = 0; i < _engines.Count; i++)
            {
                if (!_engines[i].HasExited) continue;
                Failures.Enqueue($"engine {i} ended by itself:\n{string.Join('\n', _engines[i].Log.Split('\n').TakeLast(5))}");
                _engines[i] = Start("engine", "cluster-engine.conf", 0);
            }
            await _client.WaitForEnginesAsync(engines, Patience);
        }
    }

    async Task KillEngineAsync(int index)
    {
        _engines[index].Kill();
        EngineKills++;
        _engines[index].Dispose();
        _engines[index] = Start("engine", "cluster-engine.conf", 0);
        await _engines[index].JoinedAsync(Patience);
        await _client.WaitForEnginesAsync(engines, Patience);
    }

    Task Loop(int number, Func<Random, Task> call, CancellationToken over) => Task.Run(async () =>
    {
        var random = new Random(seed * 31 + number);
        while (!over.IsCancellationRequested && Failures.Count < 1000)
        {
            try
            {
                await call(random).WaitAsync(Patience, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                Failures.Enqueue($"{call.Method.Name}: no end after {Patience.TotalSeconds:0} s");
            }
            catch (Exception e)
            {
                Failures.Enqueue($"{call.Method.Name}: {e.GetType().Name}: {e.Message}");
            }
        }
    }, CancellationToken.None);

    static int Hash(int x) => (int)((uint)x * 2654435761) ^ x;

    static int Spin(int x)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started).TotalMicroseconds < x % 500)
        {
        }
        return Hash(x);
    }

    async Task BalancedAsync(Random random)
    {
        // An engine that is killed costs none of them its result.
        var view = _client.LoadBalancedView();
        var numbers = Enumerable.Range(0, random.Next(1, 400)).Select(_ => random.Next()).ToArray();
        var ends = new int[numbers.Length];
        var results = numbers.Select((n, i) =>
        {
            Balanced.Called();
            return view.ApplyAsync(Spin, n).OnCompleted((_, _) => Interlocked.Increment(ref ends[i]));
        }).ToArray();
        for (var i = 0; i < results.Length; i++)
        {
            Equal(Hash(numbers[i]), await results[i]);
            Balanced.Succeeded();
        }
        while (Array.IndexOf(ends, 0) >= 0) await Task.Delay(1);
        foreach (var n in ends) Equal(1, n);
    }

    async Task StreamAsync(Random random)
    {
        var n = random.Next(1, 3000);
        var seen = new int[n];
        for (var i = 0; i < n; i++) Streamed.Called();
        await foreach (var (index, value) in _client.LoadBalancedView().StreamAsync(static i => (i, Hash(i)), Enumerable.Range(0, n), ordered: random.Next(2) == 0))
        {
            Equal(Hash(index), value);
            seen[index]++;
            Streamed.Succeeded();
        }
        foreach (var times in seen) Equal(1, times);
    }

    async Task DirectAsync(Random random)
    {
        if (_client.Ids is not [_, ..] ids)
        {
            await Task.Delay(10);
            return;
        }
        var (engine, n) = (ids[random.Next(ids.Count)], random.Next());
        Direct.Called();
        var call = _client[engine].ApplyAsync(Spin, n);
        await call.WaitAsync();
        if (call.Error is EngineLostException or NoEnginesException)
        {
            // Whether it ran is not known: its caller is told so.
            Direct.Lost();
            return;
        }
        Equal(Hash(n), call.Get());
        Direct.Succeeded();
    }

    async Task EndAsync()
    {
        var status = await _client.QueueStatusAsync().WaitAsync(Patience);
        if (status.Waiting + status.Ready > 0) Failures.Enqueue($"the controller has {status.Waiting} waiting and {status.Ready} ready tasks of nobody");
        foreach (var (what, count) in (ReadOnlySpan<(string, SoakCount)>)[("tasks", Balanced), ("streamed items", Streamed), ("direct calls", Direct)])
        {
            if (count.Open != 0) Failures.Enqueue($"{count.Open} {what} did not end");
            if (count.Ended == 0) Failures.Enqueue($"no {what} ended");
        }
    }

    static void Equal(int expected, int actual)
    {
        if (expected != actual) throw new InvalidDataException($"{actual} came where {expected} was due");
    }
}
