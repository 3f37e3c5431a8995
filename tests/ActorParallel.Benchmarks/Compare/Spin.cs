using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>About 100 µs of work for a core, without a look at the clock.</summary>
internal static class Spin
{
    static int s_steps = 50_000;

    /// <summary>Finds how many steps take 100 µs: by the fastest of many runs, so that a busy machine matters little.</summary>
    public static void Calibrate()
    {
        var fastest = double.MaxValue;
        for (var i = 0; i < 2_000; i++)
        {
            var started = Stopwatch.GetTimestamp();
            Sum(s_steps);
            // The first half is for the compiler.
            if (i >= 1_000) fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }
        s_steps = Math.Max(1, (int)(s_steps * 100 / fastest));
    }

    public static double Work(int seed) => Sum(s_steps) + seed;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Sum(int steps)
    {
        double sum = 0;
        for (var i = 1; i <= steps; i++) sum += Math.Sqrt(i);
        return sum;
    }
}
