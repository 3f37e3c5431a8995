namespace ActorParallel.Results;

/// <summary>What few tasks need: a token, a deadline, output, losses. Made when first asked for, so that the others stay small.</summary>
internal sealed class TaskControl
{
    readonly Lock _gate = new();
    CancellationTokenSource? _cancellation;
    bool _cancelRequested;
    double _reported = double.NaN;

    public string Output { get; set; } = "";

    public int EngineLosses { get; set; }

    public CancellationStep Step { get; set; }

    /// <summary>The running time is over, rather than the user cancelling.</summary>
    public bool DeadlinePassed { get; set; }

    public Timer? Deadline { get; set; }

    public Timer? QueueDeadline { get; set; }

    /// <summary>Run time of earlier attempts, in timestamp ticks.</summary>
    public long EarlierRunTicks { get; set; }

    public TaskContext? Context { get; set; }

    public double? Reported
    {
        get
        {
            var value = Volatile.Read(ref _reported);
            return double.IsNaN(value) ? null : value;
        }
        set => Volatile.Write(ref _reported, value ?? double.NaN);
    }

    public bool CancelRequested
    {
        get { lock (_gate) return _cancelRequested; }
    }

    public CancellationToken Token
    {
        get
        {
            lock (_gate)
            {
                if (_cancellation is null)
                {
                    _cancellation = new CancellationTokenSource();
                    if (_cancelRequested) _cancellation.Cancel();
                }
                return _cancellation.Token;
            }
        }
    }

    /// <summary>Cancels the token; false when that was asked before.</summary>
    public bool RequestCancel()
    {
        CancellationTokenSource? source;
        lock (_gate)
        {
            if (_cancelRequested) return false;
            _cancelRequested = true;
            source = _cancellation;
        }
        // Registered callbacks are the user's: they run where they delay nobody.
        if (source is not null) CallbackRunner.Shared.Run(source.Cancel);
        return true;
    }

    /// <summary>The task has begun, or ended: its time limits are over.</summary>
    public void ClearTimers()
    {
        Deadline?.Dispose();
        Deadline = null;
        QueueDeadline?.Dispose();
        QueueDeadline = null;
    }
}
