using System.Diagnostics;
using static ActorParallel.Tests.Clusters.Cluster;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Clusters;

/// <summary>P8: whatever dies, nothing of a cluster stays.</summary>
public sealed class NoOrphanTests
{
    [Fact]
    public async Task AKilledOwnerLeavesNeitherControllerNorEngines()
    {
        var file = NewFile();
        await using var parent = new ParallelProcess(() =>
        {
            var cluster = ParallelCluster.StartAsync(2).GetAwaiter().GetResult();
            var client = cluster.ConnectAsync().GetAwaiter().GetResult();
            client.WaitForEnginesAsync(2).GetAwaiter().GetResult();
            _ = client.LoadBalancedView().ApplyAsync(() => Forever());
            Write(file, string.Join(' ', client.Engines.Select(e => e.ProcessId).Append(cluster.Connection.ControllerPid)));
            Forever();
        });
        parent.Start();
        var children = (await ReadAsync(file)).Split(' ').Select(int.Parse).ToArray();
        Assert.Equal(3, children.Length);
        Assert.All(children, pid => Assert.False(IsGone(pid)));
        var killed = Stopwatch.GetTimestamp();
        parent.Kill();
        await UntilAsync(() => children.All(IsGone), "controller and engines are gone");
        Assert.True(Stopwatch.GetElapsedTime(killed) < TimeSpan.FromSeconds(5), $"P8 promises 5 s, not {Stopwatch.GetElapsedTime(killed)}");
    }

    [Fact]
    public async Task DisposeLeavesNoProcessNoFolderAndNoFile()
    {
        var home = Directory.CreateTempSubdirectory("ap-home").FullName;
        int[] processes;
        string folder;
        await using (var cluster = await StartAsync(2, options: new ParallelClusterOptions { Home = home, Profile = "here" }))
        {
            processes = [.. cluster.Processes, cluster.Controller];
            folder = cluster.Owner.Connection.UnixFolder!;
            Assert.True(Directory.Exists(folder));
            Assert.NotEmpty(Directory.EnumerateFiles(home, "connection.json", SearchOption.AllDirectories));
            _ = cluster.Tasks.ApplyAsync(() => Forever());
            Assert.Equal(1_000_000, await End(cluster.Tasks.ApplyAsync(static bytes => bytes.Length, new byte[1_000_000])));
        }
        Assert.All(processes, pid => Assert.True(IsGone(pid)));
        Assert.False(Directory.Exists(folder));
        Assert.Empty(Directory.EnumerateFiles(home, "connection.json", SearchOption.AllDirectories));
        Directory.Delete(home, recursive: true);
    }
}
