using ActorParallel;

namespace Examples;

/// <summary>Functions of this program, run on each engine.</summary>
static class FunctionsOnEngines
{
    public static async Task RunAsync(ParallelClient client)
    {
        Show.Section("Apply: a function of this program on each engine");
        DirectView all = client.DirectView();
        int[] pids = all.Apply(() => Environment.ProcessId);            // dview.apply_sync(os.getpid)
        Show.Line("all.Apply(() => Environment.ProcessId)", $"{pids.Distinct().Count()} processes, {(pids.Contains(Environment.ProcessId) ? "this one too" : "none of them this one")}");
        var factor = 10;                                                // factor = 10
        Show.Value(all.Apply(x => x * factor, 7));                      // dview.apply_sync(lambda x: x * factor, 7)
        Show.Value(client[0].Apply(Math.Sqrt, 2.0));                    // e0.apply_sync(math.sqrt, 2)

        // dview.apply_sync(sum, ipp.Reference('x')): each engine's own x
        Show.Value(all.Apply(Sum, EnginesView.Reference<int[]>("x")));

        AsyncEnginesResult<string> said = all.ApplyAsync(() =>          // ar = dview.apply_async(hello)
        {
            Console.WriteLine($"hello from engine {TaskContext.Current!.EngineId}");
            return "done";
        });
        Show.Value(said.Get(TimeSpan.FromSeconds(30)));                 // ar.get(timeout=30)
        foreach (var (id, output) in said.Outputs)                      // ar.display_outputs()
            Show.Line($"said.Outputs[{id}]", output.TrimEnd('\n'));

        // Broadcast: one message from this program, however many engines there are.
        // rc.broadcast_view().apply_sync(len, data)
        byte[] data = new byte[1_000_000];
        Show.Value(await client.BroadcastView().ApplyAsync(d => d.Length, data));
    }

    static int Sum(int[] values) => values.Sum();
}
