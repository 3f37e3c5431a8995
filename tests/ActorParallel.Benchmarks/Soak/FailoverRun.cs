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

    public ClusterLoad Load { get; } = new(seed, Patience);

    public List<TimeSpan> Times { get; } = [];

    public int EngineKills { get; private set; }

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
                var load = Load.RunAsync(_client, over.Token);
                try
                {
                    await KillAsync(kills);
                }
                finally
                {
                    await over.CancelAsync();
                    await load;
                }
                await Load.EndAsync(_client, engines);
            }
        }
        catch (Exception e)
        {
            Load.Failures.Enqueue($"{e.GetType().Name}: {e.Message}");
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
            ClusterLoad.Equal(7, await probe.AsTask().WaitAsync(Patience));
            Times.Add(Stopwatch.GetElapsedTime(begun));
            Console.WriteLine($"  kill {kill + 1}: controller {active}, first new result after {Times[^1].TotalSeconds:0.0} s");
            _controllers[active].Dispose();
            _controllers[active] = Start("controller", "cluster-seed.conf", _ports[active]);
            await _controllers[active].JoinedAsync(Patience);
            for (var i = 0; i < _engines.Count; i++)
            {
                if (!_engines[i].HasExited) continue;
                Load.Failures.Enqueue($"engine {i} ended by itself:\n{string.Join('\n', _engines[i].Log.Split('\n').TakeLast(5))}");
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
}
