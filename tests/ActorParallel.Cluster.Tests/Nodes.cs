using System.Net;
using System.Net.Sockets;

namespace ActorParallel.MembershipTests;

/// <summary>A cluster of two controllers and some engines on loopback, with a client.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    static readonly Lazy<string> s_home = new(() =>
    {
        var home = Directory.CreateTempSubdirectory("apn-").FullName;
        Environment.SetEnvironmentVariable("ACTOR_PARALLEL_HOME", home);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                Directory.Delete(home, recursive: true);
            }
            catch (IOException)
            {
                // A process that ends writes to it still.
            }
        };
        return home;
    });

    readonly List<NodeProcess> _all = [];
    public string Profile { get; } = $"t{Guid.NewGuid():N}"[..12];

    /// <summary>Certificates instead of the profile's, by role: authority and own.</summary>
    public Func<string, (string Authority, string Own)>? Files { get; set; }

    readonly Dictionary<string, string> _more = [];
    int _engines;

    public Nodes()
    {
        _ = s_home.Value;
        Ports = FreePorts(2);
    }

    public int[] Ports { get; }

    public string Contacts => string.Join(',', Ports.Select(p => $"127.0.0.1:{p}"));

    public NodeProcess[] Controllers { get; } = new NodeProcess[2];

    public List<NodeProcess> Engines { get; } = [];

    public ParallelClient Client { get; private set; } = null!;

    public LoadBalancedView Tasks => Client.LoadBalancedView();

    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Stop();
        return ports;
    }

    public Nodes With(string variable, string value)
    {
        _more[variable] = value;
        return this;
    }

    Dictionary<string, string> Variables(string role, int port)
    {
        var all = new Dictionary<string, string>(_more)
        {
            ["ACTOR_PARALLEL_HOME"] = s_home.Value,
            ["AP_PROFILE"] = Profile,
            ["AP_SEEDS"] = Contacts,
            ["AP_PORT"] = $"{port}",
        };
        if (Files is { } files) (all["AP_AUTHORITY"], all["AP_CERTIFICATE"]) = files(role);
        return all;
    }

    /// <summary>Whatever else is to end with it.</summary>
    public NodeProcess Add(NodeProcess started)
    {
        _all.Add(started);
        return started;
    }

    public static string Home => s_home.Value;

    public NodeProcess StartController(int index)
    {
        var started = NodeProcess.Start($"controller {index}", "controller", NodeProcess.Config("cluster-seed.conf"), Variables("controller", Ports[index]));
        _all.Add(started);
        return Controllers[index] = started;
    }

    public NodeProcess StartEngine()
    {
        var started = NodeProcess.Start($"engine {_engines++}", "engine", NodeProcess.Config("cluster-engine.conf"), Variables("engine", 0));
        _all.Add(started);
        Engines.Add(started);
        return started;
    }

    /// <summary>Both controllers, the first of them active, some engines and a client that sees them.</summary>
    public async Task<Nodes> StartAsync(int engines)
    {
        try
        {
            StartController(0);
            for (var i = 0; i < engines; i++) StartEngine();
            Client = await ConnectAsync();
            await Client.WaitForEnginesAsync(engines, Until.Limit, Until.Cancel);
            // Second in age, too.
            StartController(1);
            await Until.TrueAsync(() => Controllers[1].Says("Joined: "), "the standby has joined", Logs);
            return this;
        }
        catch (Exception e)
        {
            var logs = Logs();
            await DisposeAsync();
            throw new InvalidOperationException($"{e.Message}\n{logs}", e);
        }
    }

    public Task<ParallelClient> ConnectAsync() => ParallelClient.ConnectAsync(
        ParallelConfig.Parse($"actor-parallel.client.contacts = \"{Contacts}\"\nactor-parallel.tls.profile = {Profile}"), Until.Limit, Until.Cancel);

    public string Logs() => string.Join('\n', _all.Select(p => $"--- {p}{(p.Process.HasExited ? $", ended with {p.Process.ExitCode}" : "")}\n{p.Log}"));

    public async ValueTask DisposeAsync()
    {
        if (Client is not null) await Client.DisposeAsync();
        foreach (var process in _all) process.Dispose();
    }
}
