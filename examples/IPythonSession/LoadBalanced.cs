using ActorParallel;

namespace Examples;

/// <summary>Whichever engine is free: maps, single tasks, retries, waiting, progress.</summary>
static class LoadBalanced
{
    public static async Task RunAsync(ParallelClient client, CancellationToken cancel)
    {
        Show.Section("The load-balanced view: whichever engine is free");
        LoadBalancedView tasks = client.LoadBalancedView();             // lview = rc.load_balanced_view()
        Show.Value(tasks.Map(x => x * x, Enumerable.Range(0, 10), cancel)); // lview.map_sync(lambda x: x * x, range(10))
        int[] many = await tasks.MapAsync(x => x % 7, Enumerable.Range(0, 1_000_000), cancel);
        Show.Line("await tasks.MapAsync(x => x % 7, Range(0, 1_000_000))", $"{many.Length:N0} values, their sum {many.Sum():N0}");

        AsyncResult<double> one = tasks.ApplyAsync(Math.Cos, 0.0, cancel); // ar = lview.apply_async(math.cos, 0)
        Show.Value(one.Wait(TimeSpan.FromSeconds(30)));                 // ar.wait(30)
        Show.Value(one.Ready);                                          // ar.ready()
        Show.Value(one.Successful);                                     // ar.successful()
        Show.Value(one.Get());                                          // ar.get()
        Show.Line("one.Metadata", $"{one.Metadata.State} on engine {one.Metadata.EngineId} at attempt {one.Metadata.Attempt}");

        Show.Section("Progress: done, rate, time left");
        // amr = lview.map_async(slow, range(40)); amr.progress, amr.serial_time, amr.wall_time; amr.wait_interactive()
        AsyncMapResult<int> slow = tasks.With(chunkSize: 1, label: "slow").MapAsync(Slow, Enumerable.Range(0, 40), cancel);
        await slow.ShowProgressAsync("slow", cancellationToken: cancel);
        Show.Line("slow.SerialTime / slow.WallTime", $"{slow.SerialTime / slow.WallTime:0.0} engines busy");

        Show.Section("Retries, and tasks in the order they end");
        // lview.retries = 3; lview.apply_sync(flaky): here with a pause that grows
        AsyncResult<int> flaky = tasks.With(retries: 3).ApplyAsync(() => TaskContext.Current!.Attempt < 3 ? throw new TimeoutException("not yet") : TaskContext.Current.Attempt, cancel);
        Show.Line("tasks.With(retries: 3).ApplyAsync(Flaky)", $"succeeded at attempt {await flaky}");

        // rc.wait(ars); for ar in ipp.AsyncResult as they come
        AsyncResult<int>[] some = [.. Enumerable.Range(1, 4).Select(i => tasks.ApplyAsync(Slow, i, cancel))];
        await foreach (var done in AsyncResult.AsCompleted(some, cancel))
            Show.Line("await foreach (var done in AsyncResult.AsCompleted(some))", $"{done.Get()} from engine {done.Metadata.EngineId}");

        // lview.set_flags(after=some); lview.apply_sync(g)
        Show.Value(await tasks.With(after: some).ApplyAsync(() => "after all of them", cancel));
    }

    static async Task<int> Slow(int x)
    {
        await Task.Delay(25, TaskContext.Current!.CancellationToken);
        return x;
    }
}
