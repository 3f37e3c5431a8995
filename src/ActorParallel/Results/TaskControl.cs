namespace ActorParallel.Results;

/// <summary>What few tasks need: an error, a token, a deadline, output, losses. Made when first asked for, so that the others stay small.</summary>
internal sealed class TaskControl
{
    CancellationTokenSource? _cancellation;
    bool _cancelRequested;
    double _reported = double.NaN;

    /// <summary>Who waits for the result, from the moment that it has a control.</summary>
    public CompletionNode? Waiters;

    public Exception? Error { get; set; }

    // Times and numbers too large for the result's own fields.
    public long StartedAt { get; set; }

    public long CompletedAt { get; set; }

    public long ReceivedAt { get; set; }

    public int EngineId { get; set; }

    public int Attempt { get; set; }

    public string Output { get; set; } = "";

    Action<string>? _onOutput;

    /// <summary>Gets what the task writes as it comes, what came already included: in its order, on a thread that is not to be held up.</summary>
    public void OnOutput(Action<string> handler)
    {
        lock (this)
        {
            _onOutput = handler;
            if (Output.Length > 0) handler(Output);
        }
    }

    public void Wrote(string text)
    {
        lock (this)
        {
            Output += text;
            _onOutput?.Invoke(text);
        }
    }

    public int EngineLosses { get; set; }

    public CancellationStep Step { get; set; }

    /// <summary>The running time is over, rather than the user cancelling.</summary>
    public bool DeadlinePassed { get; set; }

    public Timer? Deadline { get; set; }

    public Timer? QueueDeadline { get; set; }

    /// <summary>Run time of earlier attempts, in timestamp ticks.</summary>
    public long EarlierRunTicks { get; set; }

    public TaskContext? Context { get; set; }

    /// <summary>What those who listen are told; null when nobody does.</summary>
    public Telemetry.TaskTrace? Trace { get; set; }

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
        get { lock (this) return _cancelRequested; }
    }

    public CancellationToken Token
    {
        get
        {
            lock (this)
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
        lock (this)
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
