using System.Diagnostics;

namespace ActorParallel.Tests.Pools;

/// <summary>Waits that fail instead of hanging.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task Until(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"Not in time: {what}");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }

    public static async Task<T> Soon<T>(AsyncResult<T> result) => await result.AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static async Task Ended(AsyncResult result) => await result.WaitAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static Task<T> Call<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static Task Call(Action call) => Call(() =>
    {
        call();
        return true;
    });
}
