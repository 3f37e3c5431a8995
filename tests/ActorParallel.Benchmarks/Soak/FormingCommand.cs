using System.Diagnostics;

namespace ActorParallel.Benchmarks.Soak;

/// <summary><c>soak --nodes n</c>: a cluster of so many members forms in this process; every engine runs a task.</summary>
internal static class FormingCommand
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static int Run(Arguments arguments, int members)
    {
        arguments.End();
        Console.WriteLine($"soak: {members} members of one cluster, 2 of them controllers");
        return RunAsync(members).GetAwaiter().GetResult();
    }

    static async Task<int> RunAsync(int members)
    {
        var home = Directory.CreateTempSubdirectory("apn-").FullName;
        Environment.SetEnvironmentVariable("ACTOR_PARALLEL_HOME", home);
        var ports = FailoverRun.FreePorts(2);
        var places = string.Join(',', ports.Select(p => $"127.0.0.1:{p}"));
        var begun = Stopwatch.GetTimestamp();
        var nodes = new List<ClusterNode>();
        try
        {
            foreach (var port in ports) nodes.Add(ClusterNode.StartController(ParallelConfig.Parse($"actor-parallel.node {{ port = {port}, seeds = \"{places}\" }}")));
            var engine = ParallelConfig.Parse($"actor-parallel.node.seeds = \"{places}\"");
            for (var i = 2; i < members; i++) nodes.Add(ClusterNode.StartEngine(engine));
            await using var client = await ParallelClient.ConnectAsync(ParallelConfig.Parse($"actor-parallel.client.contacts = \"{places}\""), Patience, CancellationToken.None);
            await client.WaitForEnginesAsync(members - 2, Patience);
            var formed = Stopwatch.GetElapsedTime(begun);
            var each = await client.DirectView().ApplyAsync(static () => 1).AsTask().WaitAsync(Patience);
            var tasks = await client.LoadBalancedView().MapAsync(static n => n + 1, Enumerable.Range(0, 10_000)).AsTask().WaitAsync(Patience);
            var failed = nodes.Count(n => n.Ended.IsCompleted);
            Console.WriteLine($"forming: {members} members in {formed.TotalSeconds:0.0} s; {each.Sum()} engines answered, {tasks.Length:#,0} tasks ended; {failed} members were lost");
            return each.Length == members - 2 && tasks.Length == 10_000 && failed == 0 ? 0 : 1;
        }
        finally
        {
            await Task.WhenAll(nodes.Select(n => n.System.Terminate()));
            Directory.Delete(home, recursive: true);
        }
    }
}
