using System.Collections.Concurrent;

namespace ActorParallel.Processes;

/// <summary>
/// Every child is started by this one thread, which lives as long as the program: Linux sends a child its parent-death signal
/// when the <i>thread</i> that started it ends, and pool threads come and go (prctl(2), PR_SET_PDEATHSIG).
/// </summary>
internal static class StarterThread
{
    static readonly BlockingCollection<Action> Queue = [];

    static StarterThread() => new Thread(Loop, 256 * 1024) { IsBackground = true, Name = "ActorParallel starter" }.Start();

    /// <summary>Runs a function on the thread and waits for it.</summary>
    public static T Run<T>(Func<T> start)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Queue.Add(() =>
        {
            try
            {
                done.SetResult(start());
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                done.SetException(error);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    static void Loop()
    {
        foreach (Action start in Queue.GetConsumingEnumerable())
            start();
    }
}
