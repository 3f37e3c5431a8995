using System.Collections.Concurrent;
using System.Diagnostics;

namespace ActorParallel.Benchmarks.Soak;

/// <summary>Clients that call one pool at random until the time is over; then the pool must end in time and leave no process.</summary>
internal sealed class SoakRun(string name, ParallelPool pool, int workers, int seed, bool kills)
{
    const int Clients = 6;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly ConcurrentDictionary<int, bool> _children = new();
    long _calls, _results, _kills;

    public string Name => name;

    public long Calls => _calls;

    public long Results => _results;

    public long Kills => _kills;

    public ConcurrentQueue<string> Failures { get; } = new();

    public async Task RunAsync(TimeSpan duration)
    {
        using var over = new CancellationTokenSource(duration);
        var loops = Enumerable.Range(0, Clients).Select(i => Task.Run(() => ClientAsync(i, over.Token)))
            .Append(Task.Run(() => ResizeAsync(over.Token)));
        if (kills) loops = loops.Append(Task.Run(() => KillAsync(over.Token)));
        await Task.WhenAll(loops.ToArray());
        await EndAsync();
    }

    async Task ClientAsync(int number, CancellationToken over)
    {
        var random = new Random(seed * 31 + number);
        var calls = new SoakCalls(pool, random);
        while (!over.IsCancellationRequested && Failures.Count < 1_000)
        {
            var (what, call) = calls.Next();
            try
            {
                Interlocked.Add(ref _results, await call().WaitAsync(Patience, CancellationToken.None));
            }
            catch (TimeoutException)
            {
                Failures.Enqueue($"{what}: no end after {Patience.TotalSeconds:0} s");
            }
            catch (Exception e)
            {
                Failures.Enqueue($"{what}: {e.GetType().Name}: {e.Message}");
            }
            Interlocked.Increment(ref _calls);
        }
    }

    async Task ResizeAsync(CancellationToken over)
    {
        var random = new Random(seed);
        while (await Wait(random.Next(500, 3_000), over)) pool.Resize(random.Next(1, workers + 2));
        pool.Resize(workers);
    }

    /// <summary>Kills whichever process answers first, at moments of its own.</summary>
    async Task KillAsync(CancellationToken over)
    {
        var random = new Random(seed + 1);
        while (await Wait(random.Next(100, 1_000), over))
        {
            try
            {
                var child = await pool.ApplyAsync(static () => Environment.ProcessId, CancellationToken.None).AsTask().WaitAsync(Patience, CancellationToken.None);
                if (child == Environment.ProcessId) throw new InvalidOperationException("A task of a process pool ran in the parent.");
                _children[child] = true;
                await Wait(random.Next(0, 50), over);
                using var process = Process.GetProcessById(child);
                process.Kill();
                _kills++;
            }
            catch (ArgumentException)
            {
                // Gone already: recycled, or the pool was made smaller.
            }
            catch (Exception e)
            {
                Failures.Enqueue($"killing: {e.GetType().Name}: {e.Message}");
                return;
            }
        }
    }

    async Task EndAsync()
    {
        pool.Close();
        if (!await Task.Run(() => pool.Join(Patience))) Failures.Enqueue("the pool did not end after Close");
        await pool.DisposeAsync();
        foreach (var child in _children.Keys)
        {
            for (var tries = 0; IsRunning(child); tries++)
            {
                if (tries == 50)
                {
                    Failures.Enqueue($"process {child} is still there 5 s after the pool");
                    break;
                }
                await Task.Delay(100);
            }
        }
    }

    static bool IsRunning(int child)
    {
        try
        {
            using var process = Process.GetProcessById(child);
            return !process.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    static async Task<bool> Wait(int milliseconds, CancellationToken over)
    {
        await Task.Delay(milliseconds, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !over.IsCancellationRequested;
    }
}
