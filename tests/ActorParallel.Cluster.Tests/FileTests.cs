using System.Diagnostics;
using ActorParallel.Cli;
using ActorParallel.Processes;
using Akka.Actor;
using static ActorParallel.MembershipTests.Until;

namespace ActorParallel.MembershipTests;

/// <summary>Each file in config/ runs as it is. (cluster-seed, cluster-engine and client with contacts are what the other tests here start.)</summary>
public sealed class FileTests
{
    [Fact]
    public void ThePoolsFileMakesAPool()
    {
        using var system = ActorSystem.Create("files", ParallelConfig.Load(NodeProcess.Config("pool.conf")));
        using var pool = ParallelPool.Create(system);
        Assert.Equal([1, 4, 9], pool.Map(static x => x * x, [1, 2, 3]));
    }

    [Fact]
    public async Task TheControllersTheEnginesAndTheClientsFileWorkTogether()
    {
        // Its home has no other cluster in the profile that the files name.
        Dictionary<string, string> environment = new() { ["ACTOR_PARALLEL_HOME"] = Nodes.Home, ["AP_WORKERS"] = "2" };
        using var controller = NodeProcess.Start("controller", "controller", NodeProcess.Config("controller.conf"), environment);
        await TrueAsync(() => controller.Says("The controller is ready"), "the controller is ready", () => controller.Log);
        using var engine = NodeProcess.Start("engine", "engine", NodeProcess.Config("engine.conf"), environment);
        await using var client = await ParallelClient.ConnectAsync(ParallelConfig.Load(NodeProcess.Config("client.conf")), null, Cancel);
        await client.WaitForEnginesAsync(1, Limit, Cancel);
        Assert.Equal(2, client.Engines[0].Workers);
        Assert.Equal(42, await End(client.LoadBalancedView().ApplyAsync(static () => 6 * 7)));
        await client.ShutdownAsync(null, Cancel);
        Assert.Equal(0, await controller.EndAsync());
        Assert.Equal(0, await engine.EndAsync());
    }

    [Fact]
    public async Task AMistypedKeyIsOneSentenceOfTheCommand()
    {
        var file = Path.Combine(Path.GetTempPath(), $"apn-{Guid.NewGuid():N}.conf");
        await File.WriteAllTextAsync(file, "akka.actor.provider = cluster\nactor-parallel.node.prot = 1", Cancel);
        foreach (var command in (string[])["controller", "engine"])
        {
            using var ran = NodeProcess.Start(command, command, file, []);
            Assert.Equal(1, await ran.EndAsync());
            await TrueAsync(() => ran.Says($"actor-parallel.node.prot in {file}: there is no such key; did you mean port?"), "it says what was meant", () => ran.Log);
            Assert.DoesNotContain("   at ", ran.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AMachineWithFilesOfItsOwnJoins()
    {
        await using var nodes = new Nodes();
        var home = Directory.CreateTempSubdirectory("apf-").FullName;
        foreach (var role in (string[])["controller", "engine"])
        {
            var start = new ProcessStartInfo(ChildProgram.Current.Dotnet) { RedirectStandardOutput = true };
            foreach (var argument in (string[])[typeof(Terminal).Assembly.Location, "profile", "certificate", "--profile", nodes.Profile, "--role", role, "--out", Path.Combine(home, role)]) start.ArgumentList.Add(argument);
            using var issue = Process.Start(start)!;
            await issue.WaitForExitAsync(Cancel).WaitAsync(Limit, Cancel);
            Assert.Equal(0, issue.ExitCode);
        }
        nodes.Files = role => (Path.Combine(home, role, "authority.pem"), Path.Combine(home, role, role + ".pem"));
        nodes.StartController(0);
        nodes.StartEngine();
        await using (var client = await nodes.ConnectAsync())
        {
            await client.WaitForEnginesAsync(1, Limit, Cancel);
            Assert.Equal(4, await End(client.LoadBalancedView().ApplyAsync(static () => 4)));
        }
        // An engine's certificate is none for a controller.
        nodes.Files = _ => (Path.Combine(home, "engine", "authority.pem"), Path.Combine(home, "engine", "engine.pem"));
        var wrong = nodes.StartController(1);
        Assert.Equal(1, await wrong.EndAsync());
        await TrueAsync(() => wrong.Says("a certificate for the role engine, and this is for the role"), "it says why", () => wrong.Log);
        Directory.Delete(home, recursive: true);
    }
}
