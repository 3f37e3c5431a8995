using System.Diagnostics;

namespace ActorParallel.Benchmarks.Soak;

/// <summary>The calls a client makes, picked by its own random numbers. Each returns how many results it checked, and throws when one is wrong.</summary>
internal sealed class SoakCalls(ParallelPool pool, Random random)
{
    public (string What, Func<Task<int>> Call) Next()
    {
        var n = (int)Math.Pow(10, random.NextDouble() * 3.5);
        var bytes = (int)Math.Pow(10, random.NextDouble() * 6.3);
        return random.Next(10) switch
        {
            0 or 1 => ($"{n} ApplyAsync", () => ApplyAsync(n)),
            2 => ($"{n} ApplyAsync of which some throw", () => ApplySomeThrowAsync(n)),
            3 => ($"Map over {n * 10}", () => MapAsync(n * 10)),
            4 => ($"Map over {n} of which some throw", () => MapSomeThrowAsync(n)),
            5 => ($"ordered stream of {n}", () => StreamAsync(n, ordered: true)),
            6 => ($"unordered stream of {n}", () => StreamAsync(n, ordered: false)),
            7 => ($"{bytes} bytes there and back", () => BytesAsync(bytes)),
            8 => ("work of some ms", () => WorkAsync(1 + n / 50)),
            _ => ("cancelled and timed out", StopAsync),
        };
    }

    static int Hash(int x) => (int)((uint)x * 2654435761) ^ x;

    static int HashOrThrow(int x) => x % 7 == 3 ? throw new SoakException(x) : Hash(x);

    static int Spin(int microseconds)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started).TotalMicroseconds < microseconds)
        {
        }
        return Hash(microseconds);
    }

    static int UntilStopped(int x)
    {
        var token = TaskContext.Current!.CancellationToken;
        token.WaitHandle.WaitOne();
        token.ThrowIfCancellationRequested();
        return x;
    }

    async Task<int> ApplyAsync(int n)
    {
        var ends = new int[n];
        var results = new AsyncResult<int>[n];
        var calledBack = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = n;
        for (var i = 0; i < n; i++)
        {
            var index = i;
            results[i] = pool.ApplyAsync(Hash, i).OnCompleted((_, _) =>
            {
                Interlocked.Increment(ref ends[index]);
                if (Interlocked.Decrement(ref left) == 0) calledBack.TrySetResult();
            });
        }
        var values = await AsyncResult.WhenAll(results);
        for (var i = 0; i < n; i++) Equal(Hash(i), values[i]);
        await calledBack.Task;
        for (var i = 0; i < n; i++) Equal(1, Volatile.Read(ref ends[i]));
        return n;
    }

    async Task<int> ApplySomeThrowAsync(int n)
    {
        var results = Enumerable.Range(0, n).Select(i => pool.ApplyAsync(HashOrThrow, i)).ToArray();
        for (var i = 0; i < n; i++)
        {
            await results[i].WaitAsync();
            if (i % 7 == 3) Equal(i, results[i].Error is SoakException e ? e.Number : throw Wrong(i, results[i].Error));
            else Equal(Hash(i), results[i].Get());
        }
        return n;
    }

    async Task<int> MapAsync(int n)
    {
        var offset = random.Next();
        var executor = random.Next(2) == 0 ? pool : pool.With(chunkSize: random.Next(1, 1 + n));
        var values = await executor.MapAsync(x => Hash(unchecked(x + offset)), Enumerable.Range(0, n).ToArray());
        Equal(n, values.Length);
        for (var i = 0; i < n; i++) Equal(Hash(unchecked(i + offset)), values[i]);
        return n;
    }

    async Task<int> MapSomeThrowAsync(int n)
    {
        try
        {
            var values = await pool.MapAsync(HashOrThrow, Enumerable.Range(0, n).ToArray());
            Equal(n, values.Length);
            if (n > 3) throw Wrong(3, null);
        }
        catch (ParallelMapException<int> e)
        {
            Equal(n, e.Values.Count);
            for (var i = 0; i < n; i++)
            {
                if (i % 7 == 3) Equal(i, e.Errors[i] is SoakException own ? own.Number : throw Wrong(i, e.Errors[i]));
                else Equal(Hash(i), e.Values[i]);
            }
        }
        return n;
    }

    async Task<int> StreamAsync(int n, bool ordered)
    {
        var seen = new int[n];
        var next = 0;
        await foreach (var (index, value) in pool.StreamAsync(static i => (i, Hash(i)), Lazily(n), ordered: ordered))
        {
            if (ordered) Equal(next++, index);
            Equal(Hash(index), value);
            seen[index]++;
        }
        for (var i = 0; i < n; i++) Equal(1, seen[i]);
        return n;
    }

    static IEnumerable<int> Lazily(int n)
    {
        for (var i = 0; i < n; i++) yield return i;
    }

    async Task<int> BytesAsync(int size)
    {
        var sent = new byte[size];
        random.NextBytes(sent);
        var came = await pool.ApplyAsync(static bytes => bytes.Reverse().ToArray(), sent);
        Array.Reverse(came);
        if (!sent.AsSpan().SequenceEqual(came)) throw new InvalidDataException($"{size} bytes came back changed");
        return 1;
    }

    async Task<int> WorkAsync(int n)
    {
        var times = Enumerable.Range(0, n).Select(_ => random.Next(20_000)).ToArray();
        var values = await AsyncResult.WhenAll(times.Select(t => pool.ApplyAsync(Spin, t)));
        for (var i = 0; i < n; i++) Equal(Hash(times[i]), values[i]);
        return n;
    }

    async Task<int> StopAsync()
    {
        var cancelled = pool.ApplyAsync(UntilStopped, 1);
        var timedOut = pool.With(timeout: TimeSpan.FromMilliseconds(random.Next(1, 100))).ApplyAsync(UntilStopped, 2);
        await Task.Delay(random.Next(0, 100));
        cancelled.Cancel();
        await cancelled.WaitAsync();
        if (cancelled.Error is not OperationCanceledException) throw Wrong(1, cancelled.Error);
        await timedOut.WaitAsync();
        if (timedOut.Error is not TimeoutException) throw Wrong(2, timedOut.Error);
        return 2;
    }

    static void Equal(int expected, int actual)
    {
        if (expected != actual) throw new InvalidDataException($"{actual} came where {expected} was due");
    }

    static InvalidDataException Wrong(int item, Exception? error) =>
        new($"item {item} ended with {(error is null ? "a value" : $"{error.GetType().Name}: {error.Message}")}", error);
}

/// <summary>What a task throws on purpose.</summary>
internal sealed class SoakException(int number) : Exception($"item {number} throws on purpose")
{
    public int Number { get; } = number;
}
