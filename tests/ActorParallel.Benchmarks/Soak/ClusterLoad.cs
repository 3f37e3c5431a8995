using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace ActorParallel.Benchmarks.Soak;

/// <summary>Load-balanced tasks, streams and direct calls without a pause, each checked for its value and that it ends once, while others kill processes.</summary>
/// <param name="seed">Says what is called.</param>
/// <param name="patience">The longest that a call may take.</param>
internal sealed class ClusterLoad(int seed, TimeSpan patience)
{
    const int Burst = 400;

    ParallelClient _client = null!;

    public SoakCount Balanced { get; } = new();

    public SoakCount Streamed { get; } = new();

    public SoakCount Direct { get; } = new();

    public ConcurrentQueue<string> Failures { get; } = new();

    public string Summary => $"tasks: {Balanced.Summary}; streamed items: {Streamed.Summary}; direct calls: {Direct.Summary}";

    /// <summary>Until it is over, and all calls under way have ended.</summary>
    public Task RunAsync(ParallelClient client, CancellationToken over)
    {
        _client = client;
        return Task.WhenAll([.. Enumerable.Range(0, 2).Select(i => Loop(i, BalancedAsync, over)), Loop(10, StreamAsync, over), Loop(20, DirectAsync, over)]);
    }

    Task Loop(int number, Func<Random, Task> call, CancellationToken over) => Task.Run(async () =>
    {
        var random = new Random(seed * 31 + number);
        while (!over.IsCancellationRequested && Failures.Count < 1000)
        {
            try
            {
                await call(random).WaitAsync(patience, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                Failures.Enqueue($"{call.Method.Name}: no end after {patience.TotalSeconds:0} s");
            }
            catch (Exception e)
            {
                Failures.Enqueue($"{call.Method.Name}: {e.GetType().Name}: {e.Message}");
            }
        }
    }, CancellationToken.None);

    static int Hash(int x) => (int)((uint)x * 2654435761) ^ x;

    static int Spin(int x)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started).TotalMicroseconds < x % 500)
        {
        }
        return Hash(x);
    }

    async Task BalancedAsync(Random random)
    {
        var view = _client.LoadBalancedView();
        var numbers = Enumerable.Range(0, random.Next(1, Burst)).Select(_ => random.Next()).ToArray();
        var ends = new int[numbers.Length];
        var results = numbers.Select((n, i) =>
        {
            Balanced.Called();
            return view.ApplyAsync(Spin, n).OnCompleted((_, _) => Interlocked.Increment(ref ends[i]));
        }).ToArray();
        for (var i = 0; i < results.Length; i++)
        {
            await results[i].WaitAsync();
            if (results[i].Error is { } error) throw new InvalidDataException($"task {results[i].Id} ended with {error.GetType().Name}: {error.Message}", error);
            Equal(Hash(numbers[i]), results[i].Get());
            Balanced.Succeeded();
        }
        while (Array.IndexOf(ends, 0) >= 0) await Task.Delay(1);
        foreach (var n in ends) Equal(1, n);
    }

    async Task StreamAsync(Random random)
    {
        var n = random.Next(1, 3000);
        var seen = new int[n];
        for (var i = 0; i < n; i++) Streamed.Called();
        await foreach (var (index, value) in _client.LoadBalancedView().StreamAsync(static i => (i, Hash(i)), Enumerable.Range(0, n), ordered: random.Next(2) == 0))
        {
            Equal(Hash(index), value);
            seen[index]++;
            Streamed.Succeeded();
        }
        foreach (var times in seen) Equal(1, times);
    }

    async Task DirectAsync(Random random)
    {
        if (_client.Ids is not [_, ..] ids)
        {
            await Task.Delay(10);
            return;
        }
        var calls = Enumerable.Range(0, random.Next(1, 20)).Select(_ =>
        {
            Direct.Called();
            var (engine, n) = (ids[random.Next(ids.Count)], random.Next());
            return (n, _client[engine].ApplyAsync(Spin, n));
        }).ToArray();
        foreach (var (n, call) in calls)
        {
            await call.WaitAsync();
            if (call.Error is EngineLostException or NoEnginesException)
            {
                Direct.Lost();
                continue;
            }
            Equal(Hash(n), call.Get());
            Direct.Succeeded();
        }
    }

    /// <summary>All is quiet: nothing may be left open, neither here nor with the controller.</summary>
    /// <param name="watcher">Asks the controller.</param>
    /// <param name="engines">So many are to be there again.</param>
    public async Task EndAsync(ParallelClient watcher, int engines)
    {
        try
        {
            await _client.WaitForEnginesAsync(engines, patience);
            Equal(7, await _client.LoadBalancedView().ApplyAsync(static () => 7).AsTask().WaitAsync(patience));
            var status = await watcher.QueueStatusAsync().WaitAsync(patience);
            if (status.Waiting + status.Ready > 0) Failures.Enqueue($"the controller has {status.Waiting} waiting and {status.Ready} ready tasks of nobody");
        }
        catch (Exception e)
        {
            Failures.Enqueue($"at the end: {e.GetType().Name}: {e.Message}");
        }
        foreach (var (what, count) in (ReadOnlySpan<(string, SoakCount)>)[("tasks", Balanced), ("streamed items", Streamed), ("direct calls", Direct)])
        {
            if (count.Open != 0) Failures.Enqueue($"{count.Open} {what} did not end");
            if (count.Ended == 0) Failures.Enqueue($"no {what} ended");
        }
    }

    public static void Equal(int expected, int actual)
    {
        if (expected != actual) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{actual} came where {expected} was due"));
    }
}
