namespace ActorParallel.Examples.Tests;

/// <summary>The cluster session of README.md, as it stands there; a test sees to that.</summary>
static class ReadmeSession
{
#pragma warning disable CS0219, IDE0059 // README shows what a line gives by the variable it gives it to.
    public static async Task<(int[] Pids, int[] Y, int[] Squares, int Again, int Anew)> RunAsync()
    {
        // $ apcluster start -n 4, and ParallelClient.ConnectAsync(); or:
        await using var cluster = await ParallelCluster.StartAsync(engines: 4);
        await using var client = await cluster.ConnectAsync();

        await client.WaitForEnginesAsync(4);
        IReadOnlyList<int> ids = client.Ids;             // [0, 1, 2, 3]

        EngineView first = client[0];                    // one engine: values, not arrays
        DirectView even = client[..].Every(2);
        DirectView some = client[0, 2, 3];
        DirectView all = client.DirectView();            // looked up again at each call

        all.Execute("int a = 1;");                       // state is kept, await is allowed
        int[] values = all.Pull<int>("a");               // [1, 1, 1, 1]
        int value = first.Pull<int>("a");                // 1
        all["a"] = 5;
        all.Push(new { b = 2.5 });
        all.Execute("double Scaled(int n) => n * b;");
        double[] scaled = all.Evaluate<double>("Scaled(a)");

        all.Scatter("x", Enumerable.Range(0, 16));
        all.Execute("int[] y = x.Select(v => v * v).ToArray();");
        int[] y = all.Gather<int>("y");                  // or Distribution.RoundRobin

        int[] pids = all.Apply(() => Environment.ProcessId);
        int[] sums = all.Apply(v => v.Sum(), EnginesView.Reference<int[]>("x"));
        AsyncEnginesResult<string> said = all.ApplyAsync(Hello);
        string[] answers = said.Get(TimeSpan.FromSeconds(5));   // said.Outputs: by engine

        try { all.Apply(F); }
        catch (EnginesException e)                       // e.Errors: by engine
        {
            Console.WriteLine(e.Message);
        }

        LoadBalancedView tasks = client.LoadBalancedView();
        int[] squares = tasks.Map(x => x * x, Enumerable.Range(0, 10));

        AsyncResult<int> flaky = tasks.With(retries: 3).ApplyAsync(Flaky);

        AsyncMapResult<int> slow = tasks.MapAsync(Slow, Enumerable.Range(0, 100));
        await slow.ShowProgressAsync("slow");            // ActorParallel.Console

        int last = tasks.With(after: [flaky, slow]).Apply(G);
        AsyncResult<int> next = tasks.ApplyAsync(v => v + 1, flaky);   // a result as argument

        QueueStatus queues = await client.QueueStatusAsync();
        int again = await client.GetResult<int>(flaky.Id);      // from any program
        int anew = await client.Resubmit<int>(flaky.Id);
        int ran = await client.History.Where(t => t.State == TaskState.Succeeded).CountAsync();
        await client.AbortAsync(); await client.PurgeAsync(); await client.ShutdownAsync();

        return (pids, y, squares, again, anew);
    }
#pragma warning restore CS0219, IDE0059

    static int F() => TaskContext.Current!.EngineId % 2 == 0 ? 1 : throw new FormatException("odd");

    static string Hello() => "hello";

    static int Flaky() => TaskContext.Current!.Attempt < 2 ? throw new TimeoutException() : 42;

    static int Slow(int x) => x;

    static int G() => 1;
}
