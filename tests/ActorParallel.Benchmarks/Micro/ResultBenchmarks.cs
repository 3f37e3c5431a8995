using BenchmarkDotNet.Attributes;

namespace ActorParallel.Benchmarks.Micro;

/// <summary>A task's life on a pool of threads: submitted, run, and its end delivered in one of the ways there are.</summary>
public class ResultBenchmarks
{
    const int Batch = 1_000;
    static readonly Func<int> One = () => 1;

    readonly AsyncResult<int>[] _results = new AsyncResult<int>[Batch];
    ParallelPool? _pool;

    [GlobalSetup]
    public void Setup() => _pool = new ParallelPool(2);

    [GlobalCleanup]
    public void Cleanup() => _pool?.Dispose();

    [Benchmark(OperationsPerInvoke = Batch)]
    public int Get()
    {
        Submit();
        var sum = 0;
        foreach (var result in _results) sum += result.Get();
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public async Task<int> Await()
    {
        Submit();
        var sum = 0;
        foreach (var result in _results) sum += await result;
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public Task<int[]> WhenAll()
    {
        Submit();
        return AsyncResult.WhenAll(_results);
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public async Task Callback()
    {
        using var left = new CountdownEvent(Batch);
        Submit();
        foreach (var result in _results) _ = result.OnCompleted((_, _) => left.Signal());
        await AsyncResult.WhenAll(_results);
        left.Wait();
    }

    void Submit()
    {
        for (var i = 0; i < Batch; i++) _results[i] = _pool!.ApplyAsync(One);
    }
}
