using System.Diagnostics;
using static ActorParallel.MembershipTests.Until;

namespace ActorParallel.MembershipTests;

/// <summary>Three hosts with addresses and names of their own (network namespaces, hosts.sh): a controller and an engine on the first two, engines on the third.</summary>
public sealed class HostTests : IDisposable
{
    const int Items = 1_000_000, Fewer = 100_000;

    // Of this run alone.
    static readonly int s_number = Random.Shared.Next(1, 250);

    readonly string _name = $"ap{s_number:x2}";
    readonly string _net = $"10.77.{s_number}";
    readonly string _profile = $"h{Guid.NewGuid():N}"[..12];
    readonly List<NodeProcess> _all = [];

    string Contacts => $"{_net}.1:4710,{_net}.2:4710";

    static string Script => Path.Combine(AppContext.BaseDirectory, "hosts.sh");

    static (int Code, string Error) Hosts(params string[] arguments)
    {
        try
        {
            using var ran = Process.Start(new ProcessStartInfo("sh", [Script, .. arguments]) { RedirectStandardError = true })!;
            var error = ran.StandardError.ReadToEnd();
            ran.WaitForExit();
            return (ran.ExitCode, error.Trim());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (77, e.Message);
        }
    }

    NodeProcess Start(string command, int host)
    {
        var started = NodeProcess.Start(
            $"{command} on host {host}", command, NodeProcess.Config(command == "controller" ? "cluster-seed.conf" : "cluster-engine.conf"),
            new Dictionary<string, string>
            {
                ["ACTOR_PARALLEL_HOME"] = Nodes.Home,
                ["AP_PROFILE"] = _profile,
                ["AP_HOSTNAME"] = $"{_net}.{host}",
                ["AP_PORT"] = command == "controller" ? "4710" : "0",
                ["AP_SEEDS"] = Contacts,
            },
            "sh", Script, "run", _name, $"{host}");
        _all.Add(started);
        return started;
    }

    string Logs() => string.Join('\n', _all.Select(p => $"--- {p}{(p.Process.HasExited ? $", ended with {p.Process.ExitCode}" : "")}\n{p.Log}"));

    /// <summary>What a service manager does.</summary>
    async Task<NodeProcess> StartAgainAsync(NodeProcess former, string command, int host)
    {
        Assert.Equal(NodeEnd.StartAnew, await former.EndAsync());
        return Start(command, host);
    }

    static async Task MapAsync(ParallelClient client, int items, Func<Task>? meanwhile = null)
    {
        // In parts, so that each loss meets work that waits, work that runs and work that has ended.
        var map = client.LoadBalancedView().With(chunkSize: 2000).MapAsync(static n => (long)n * 3 + 1, Enumerable.Range(0, items).ToArray());
        if (meanwhile is not null) await meanwhile();
        var values = await map.AsTask().WaitAsync(Limit, Cancel);
        Assert.Equal(items, values.Length);
        for (var n = 0; n < values.Length; n++)
            if (values[n] != n * 3L + 1) Assert.Fail($"item {n} is {values[n]}");
    }

    [Fact]
    public async Task ThreeHostsFormAClusterLoseOneInEveryWayAndHeal()
    {
        var (code, error) = Hosts("up", _name, _net);
        if (code == 77) Assert.Skip(error);
        Assert.True(code == 0, error);
        try
        {
            var first = Start("controller", 1);
            await TrueAsync(() => first.Says("Joined: "), "the first controller is up", Logs);
            var engine1 = Start("engine", 1);
            var engine2 = Start("engine", 2);
            var engine3 = Start("engine", 3);
            await using var client = await ParallelClient.ConnectAsync(
                ParallelConfig.Parse($"actor-parallel.client.contacts = \"{Contacts}\"\nactor-parallel.tls.profile = {_profile}"), Limit, Cancel);
            await client.WaitForEnginesAsync(3, Limit, Cancel);
            Assert.Equal([$"{_name}1", $"{_name}2", $"{_name}3"], client.Engines.Select(e => e.Host).Order(StringComparer.Ordinal));
            var second = Start("controller", 2);
            await TrueAsync(() => second.Says("Joined: "), "the standby is up", Logs);
            await MapAsync(client, Items);

            // The network cuts off the host of the active controller: both sides go on, and the lesser gives way when they see each other again.
            await MapAsync(client, Items, () =>
            {
                Assert.Equal(0, Hosts("cut", _name, "1").Code);
                return Task.CompletedTask;
            });
            await client.WaitForEnginesAsync(2, Limit, Cancel);
            Assert.False(first.Process.HasExited, first.Log);
            Assert.Equal(0, Hosts("heal", _name, "1").Code);
            first = await StartAgainAsync(first, "controller", 1);
            engine1 = await StartAgainAsync(engine1, "engine", 1);
            await client.WaitForEnginesAsync(3, Limit, Cancel);
            await TrueAsync(() => first.Says("Joined: "), "the first host's controller stands by", Logs);
            Assert.False(second.Process.HasExited, second.Log);

            // A host that only has engines is cut off: they go down by themselves.
            Assert.Equal(0, Hosts("cut", _name, "3").Code);
            await MapAsync(client, Fewer);
            engine3 = await StartAgainAsync(engine3, "engine", 3);
            Assert.Equal(0, Hosts("heal", _name, "3").Code);
            await client.WaitForEnginesAsync(3, Limit, Cancel);

            // A host stands still.
            await MapAsync(client, Fewer, () =>
            {
                engine3.Signal("STOP");
                return Task.CompletedTask;
            });
            engine3.Signal("CONT");
            // Had the rest been quick, it was not missed.
            await TrueAsync(() => engine3.Process.HasExited || client.Ids.Count == 3, "it is back or was taken for gone", Logs);
            if (engine3.Process.HasExited) engine3 = await StartAgainAsync(engine3, "engine", 3);

            // All of the active controller's host dies at once.
            await MapAsync(client, Fewer, () =>
            {
                second.Signal("KILL");
                engine2.Signal("KILL");
                return Task.CompletedTask;
            });
            second = Start("controller", 2);
            engine2 = Start("engine", 2);
            await client.WaitForEnginesAsync(3, Limit, Cancel);
            await MapAsync(client, Fewer);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{e.Message}\n{Logs()}", e);
        }
    }

    public void Dispose()
    {
        foreach (var process in _all) process.Dispose();
        Hosts("down", _name);
    }
}
