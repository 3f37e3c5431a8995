using ActorParallel;

namespace Examples;

// Python's map throws away what was computed when one item fails; here it is all kept.
static class FailurePrograms
{
    public static void Run(int threads)
    {
        Show.Section("When tasks fail: everything that was computed is kept");
        using var pool = new ParallelPool(threads);
        try
        {
            pool.Map(x => 100 / x, [1, 2, 0, 4]);
        }
        catch (ParallelMapException<int> e)
        {
            Show.Line("pool.Map(x => 100 / x, [1, 2, 0, 4])", $"values [{string.Join(", ", e.Values)}], item {string.Join(", ", e.Errors.Keys)} failed: {e.InnerException!.GetType().Name}");
        }

        string got = pool.With(retries: 3, label: "flaky").Apply(Flaky);
        Show.Line("pool.With(retries: 3).Apply(Flaky)", got);

        try
        {
            pool.With(timeout: TimeSpan.FromMilliseconds(100)).Apply(Endless);
        }
        catch (TimeoutException e)
        {
            Show.Line("pool.With(timeout: 100 ms).Apply(Endless)", e.Message);
        }

        AsyncResult<int> unwanted = pool.ApplyAsync(Endless);
        unwanted.Cancel();
        unwanted.Wait();
        Show.Line("unwanted.Cancel(); unwanted.Wait()", unwanted.State);
    }

    static string Flaky() => TaskContext.Current!.Attempt is > 2 and var attempt
        ? $"succeeded at attempt {attempt}"
        : throw new IOException("The network is down.");

    static async Task<int> Endless()
    {
        await Task.Delay(Timeout.Infinite, TaskContext.Current!.CancellationToken);
        return 0;
    }
}
