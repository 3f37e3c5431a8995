using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorParallel.Pools;

namespace ActorParallel.Telemetry;

/// <summary>The executors there are, for whoever asks what they have to do.</summary>
internal static class MeasuredExecutors
{
    static readonly ConcurrentDictionary<PoolExecutor, byte> s_executors = new();
    static int s_prepared;

    public static ICollection<PoolExecutor> All => s_executors.Keys;

    public static void Add(PoolExecutor executor)
    {
        Prepare();
        s_executors[executor] = 0;
    }

    public static void Remove(PoolExecutor executor) => s_executors.TryRemove(executor, out _);

    /// <summary>The first instruments of a program take some 15 ms: meanwhile its actor system starts. Whoever needs them sooner waits.</summary>
    public static void Prepare()
    {
        if (Interlocked.Exchange(ref s_prepared, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => RuntimeHelpers.RunClassConstructor(typeof(Instruments).TypeHandle), null);
    }
}
