using System.Diagnostics;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>Ways to time a round.</summary>
internal static class Measure
{
    public static TimeSpan Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Median and 99th percentile, in µs, of so many calls one after the other.</summary>
    public static double[] Latency(int calls, Action call)
    {
        for (var i = 0; i < calls / 10; i++) call();
        var all = new double[calls];
        for (var i = 0; i < calls; i++) all[i] = Time(call).TotalMicroseconds;
        Array.Sort(all);
        return [all[calls / 2], all[calls * 99 / 100]];
    }
}
