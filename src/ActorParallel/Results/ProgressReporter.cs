namespace ActorParallel.Results;

/// <summary>Gives an <see cref="IProgress{T}"/> a snapshot at an interval, and the last one at the end.</summary>
internal sealed class ProgressReporter(AsyncResult result, IProgress<TaskProgress> progress)
{
    Timer? _timer;
    int _busy;

    public void Start(TimeSpan interval)
    {
        _timer = new Timer(static s => ((ProgressReporter)s!).Tick(), this, interval, interval);
        result.AddWaiter(new InlineCompletion(_ =>
        {
            _timer.Dispose();
            CallbackRunner.Shared.Run(Last);
        }));
    }

    void Tick()
    {
        // A slow receiver misses snapshots; it does not pile them up.
        if (result.Ready || Interlocked.Exchange(ref _busy, 1) != 0) return;
        CallbackRunner.Shared.Run(() =>
        {
            try
            {
                if (!result.Ready) Report();
            }
            finally
            {
                Volatile.Write(ref _busy, 0);
            }
        });
    }

    void Last() => Report();

    void Report()
    {
        lock (this) progress.Report(result.Progress);
    }
}
