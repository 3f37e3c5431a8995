using ActorParallel.Processes;
using ActorParallel.Tests.Profiles;
using static ActorParallel.Tests.Clusters.Cluster;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Clusters;

/// <summary>Engines that a command starts, and that no process of ours holds.</summary>
public sealed class LaunchedClusterTests : IDisposable
{
    readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    string Config(string more)
    {
        var script = Path.Combine(_home.Path, "start.sh");
        File.WriteAllText(script, "#!/bin/sh\nsetsid sh -c \"exec $1\" >\"$2\" 2>&1 </dev/null &\necho \"submitted job $!\"\n");
        Home.SetMode(script, Home.Private);
        return $$"""
            launcher = command, engine-timeout = 3 s
            command { start = ["{{script}}", "{command}", "{log}"], dotnet = "{{ChildProgram.Current.Dotnet}}" }
            {{more}}
            """;
    }

    // What engines without this program's own files have.
    static readonly Func<int, int> s_abs = Math.Abs;

    [Fact]
    public async Task AnEngineOfACommandWorksAndOutlivesItsController()
    {
        int engine;
        await using (var cluster = await StartAsync(1, Config("")))
        {
            Assert.Equal(3, await End(cluster.Tasks.ApplyAsync(s_abs, -3)));
            engine = cluster.ProcessOf(0);
            await cluster.KillControllerAsync();
            Assert.Equal(4, await End(cluster.Tasks.ApplyAsync(s_abs, -4)));
            Assert.Equal(engine, cluster.ProcessOf(0));
        }
        // Its owner told it, though it has no command to stop it.
        await UntilAsync(() => IsGone(engine), "the engine ended with its cluster", TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task AnEngineOfACommandThatDiedIsStartedAgain()
    {
        await using var cluster = await StartAsync(1, Config(""));
        var engine = cluster.ProcessOf(0);
        Kill(engine);
        Assert.Equal(4, await End(cluster.Tasks.ApplyAsync(s_abs, -4)));
        Assert.NotEqual(engine, cluster.ProcessOf(0));
    }

    [Fact]
    public async Task AnEngineWhoseControllerIsGoneForGoodEndsItself()
    {
        var (file, config) = (NewFile(), Config("controller-timeout = 3 s"));
        await using var parent = new ParallelProcess(() =>
        {
            var cluster = ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = 1, Config = $"actor-parallel.cluster {{ {config} }}" }).GetAwaiter().GetResult();
            var client = cluster.ConnectAsync().GetAwaiter().GetResult();
            client.WaitForEnginesAsync(1).GetAwaiter().GetResult();
            Write(file, $"{client.Engines[0].ProcessId}");
            Forever();
        });
        parent.Start();
        var engine = int.Parse(await ReadAsync(file), System.Globalization.CultureInfo.InvariantCulture);
        parent.Kill();
        await UntilAsync(() => IsGone(engine), "the engine ended itself", TimeSpan.FromSeconds(10));
    }
}
