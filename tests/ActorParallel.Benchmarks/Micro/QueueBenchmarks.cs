using ActorParallel.Engines;
using BenchmarkDotNet.Attributes;

namespace ActorParallel.Benchmarks.Micro;

/// <summary>Work into the queue that the threads of a pool share, and out again.</summary>
public class QueueBenchmarks
{
    const int Batch = 1_000;

    readonly ReadyQueue _queue = new();
    readonly Nothing _normal = new(0);
    readonly Nothing _urgent = new(1);

    [Benchmark(OperationsPerInvoke = Batch)]
    public int OnePriority() => Through(_normal, _normal);

    [Benchmark(OperationsPerInvoke = Batch)]
    public int TwoPriorities() => Through(_normal, _urgent);

    int Through(IWork even, IWork odd)
    {
        for (var i = 0; i < Batch; i++) _queue.Enqueue(i % 2 == 0 ? even : odd);
        var count = 0;
        while (_queue.TryDequeue(out _)) count++;
        return count;
    }

    sealed class Nothing(int priority) : IWork
    {
        public int Priority => priority;

        public WorkStatus Run(Worker worker) => WorkStatus.Done;
    }
}
