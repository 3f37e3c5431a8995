using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace ActorParallel.Benchmarks.Soak;

/// <summary>Loads one cluster with load-balanced tasks, streams and direct calls while processes of it are killed, until the time is over; then all must have ended.</summary>
internal sealed class ClusterSoakRun(int engines, int seed)
{
    const int Burst = 400;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly ConcurrentDictionary<int, bool> _seen = new();
    ParallelCluster _cluster = null!;
    ParallelClient _client = null!;
    ParallelClient _watcher = null!;

    public SoakCount Balanced { get; } = new();

    public SoakCount Streamed { get; } = new();

    public SoakCount Direct { get; } = new();

    public int EngineKills { get; private set; }

    public int ControllerKills { get; private set; }

    public ConcurrentQueue<string> Failures { get; } = new();

    public List<string> Memory { get; } = [];

    public async Task RunAsync(TimeSpan duration)
    {
        // Tasks die with the processes that are killed; none of them is to blame.
        const string config = "actor-parallel.cluster { engine-loss-retries = 10000, max-restarts = 100000, restart-backoff = 10 ms, max-restart-backoff = 200 ms }";
        await using (_cluster = await ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = engines, Config = config }))
        {
            await using (_client = await _cluster.ConnectAsync())
            await using (_watcher = await _cluster.ConnectAsync())
            {
                await _client.WaitForEnginesAsync(engines, Patience);
                Measure("at the beginning");
                using var over = new CancellationTokenSource(duration);
                Task[] loops =
                [
                    .. Enumerable.Range(0, 2).Select(i => Loop(i, BalancedAsync, over.Token)),
                    Loop(10, StreamAsync, over.Token),
                    Loop(20, DirectAsync, over.Token),
                    Task.Run(() => KillAsync(over.Token)),
                ];
                await Task.WhenAll(loops);
                await EndAsync();
                Measure("at the end");
            }
        }
        foreach (var pid in _seen.Keys)
            if (ResidentBytes(pid) is not null) Failures.Enqueue($"process {pid} is still there after the cluster");
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
        var view = _client.LoadBalancedView();
        var numbers = Enumerable.Range(0, random.Next(1, Burst)).Select(_ => random.Next()).ToArray();
        var ends = new int[numbers.Length];
        var results = numbers.Select((n, i) =>
        {
            Balanced.Called();
            return view.ApplyAsync(Spin, n).OnCompleted((_, _) => Interlocked.Increment(ref ends[i]));
        }).ToArray();
        for (var i = 0; i < results.Length; i++)
        {
            await results[i].WaitAsync();
            if (results[i].Error is { } error) throw new InvalidDataException($"task {results[i].Id} ended with {error.GetType().Name}: {error.Message}", error);
            Equal(Hash(numbers[i]), results[i].Get());
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
        var calls = Enumerable.Range(0, random.Next(1, 20)).Select(_ =>
        {
            Direct.Called();
            var (engine, n) = (ids[random.Next(ids.Count)], random.Next());
            return (n, _client[engine].ApplyAsync(Spin, n));
        }).ToArray();
        foreach (var (n, call) in calls)
        {
            await call.WaitAsync();
            if (call.Error is EngineLostException or NoEnginesException)
            {
                Direct.Lost();
                continue;
            }
            Equal(Hash(n), call.Get());
            Direct.Succeeded();
        }
    }

    async Task KillAsync(CancellationToken over)
    {
        var random = new Random(seed + 1);
        while (await Wait(random.Next(200, 1500), over))
        {
            try
            {
                if (random.Next(8) == 0)
                {
                    _seen[_cluster.Connection.ControllerPid] = true;
                    Kill(_cluster.Connection.ControllerPid);
                    ControllerKills++;
                }
                else if (_client.Engines is [_, ..] there)
                {
                    var pid = there[random.Next(there.Count)].ProcessId;
                    _seen[pid] = true;
                    Kill(pid);
                    EngineKills++;
                }
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // Gone already.
            }
        }
    }

    static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }

    /// <summary>All is quiet: nothing may be left open anywhere.</summary>
    async Task EndAsync()
    {
        try
        {
            await _client.WaitForEnginesAsync(engines, Patience);
            Equal(7, await _client.LoadBalancedView().ApplyAsync(static () => 7).AsTask().WaitAsync(Patience));
            var status = await _watcher.QueueStatusAsync().WaitAsync(Patience);
            if (status.Waiting + status.Ready > 0) Failures.Enqueue($"the controller has {status.Waiting} waiting and {status.Ready} ready tasks of nobody");
        }
        catch (Exception e)
        {
            Failures.Enqueue($"at the end: {e.GetType().Name}: {e.Message}");
        }
        foreach (var (what, count) in (ReadOnlySpan<(string, SoakCount)>)[("tasks", Balanced), ("streamed items", Streamed), ("direct calls", Direct)])
        {
            if (count.Open != 0) Failures.Enqueue($"{count.Open} {what} did not end");
            if (count.Ended == 0) Failures.Enqueue($"no {what} ended");
        }
    }

    void Measure(string when)
    {
        var each = _client.Engines.Select(e =>
        {
            _seen[e.ProcessId] = true;
            return $"engine {e.Id} {Megabytes(e.ProcessId)}";
        });
        _seen[_cluster.Connection.ControllerPid] = true;
        Memory.Add($"resident {when}: client {Megabytes(Environment.ProcessId)}, controller {Megabytes(_cluster.Connection.ControllerPid)}, {string.Join(", ", each)}");
    }

    static string Megabytes(int pid) => ResidentBytes(pid) is { } bytes ? $"{bytes / 1e6:0} MB" : "gone";

    static long? ResidentBytes(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.HasExited ? null : process.WorkingSet64;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    static async Task<bool> Wait(int milliseconds, CancellationToken over)
    {
        await Task.Delay(milliseconds, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !over.IsCancellationRequested;
    }

    static void Equal(int expected, int actual)
    {
        if (expected != actual) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{actual} came where {expected} was due"));
    }
}
