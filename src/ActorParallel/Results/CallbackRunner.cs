namespace ActorParallel.Results;

/// <summary>
/// Runs users' callbacks on threads of its own, so that neither a slow callback nor a blocked .NET thread pool
/// delays results, other callbacks or the library. One thread suffices while callbacks return; another is
/// added, up to a bound, only when none has returned for a while.
/// </summary>
internal sealed class CallbackRunner(int maxThreads = CallbackRunner.MaxThreads)
{
    const int MaxThreads = 64;
    static readonly TimeSpan s_stallCheck = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan s_idleLife = TimeSpan.FromSeconds(5);

    public static readonly CallbackRunner Shared = new();

    readonly object _gate = new();
    readonly Queue<Action> _queue = new();
    int _threads;
    int _idle;
    long _taken;
    Timer? _stallTimer;
    long _takenAtLastCheck;

    public void Run(Action callback)
    {
        lock (_gate)
        {
            _queue.Enqueue(callback);
            if (_idle > 0) Monitor.Pulse(_gate);
            if (_threads == 0) AddThread();
            else if (_queue.Count > _idle) _stallTimer ??= StartTimer();
        }
    }

    Timer StartTimer()
    {
        _takenAtLastCheck = _taken;
        return new Timer(static s => ((CallbackRunner)s!).AddThreadIfStalled(), this, s_stallCheck, s_stallCheck);
    }

    void AddThreadIfStalled()
    {
        lock (_gate)
        {
            if (_queue.Count == 0 || _threads >= maxThreads)
            {
                _stallTimer?.Dispose();
                _stallTimer = null;
                return;
            }
            if (_taken == _takenAtLastCheck && _idle == 0) AddThread();
            _takenAtLastCheck = _taken;
        }
    }

    void AddThread()
    {
        _threads++;
        new Thread(Loop) { IsBackground = true, Name = "actor-parallel callbacks" }.Start();
    }

    void Loop()
    {
        while (true)
        {
            Action? callback;
            lock (_gate)
            {
                while (!_queue.TryDequeue(out callback))
                {
                    _idle++;
                    var pulsed = Monitor.Wait(_gate, s_idleLife);
                    _idle--;
                    if (pulsed || _queue.Count > 0) continue;
                    _threads--;
                    return;
                }
                _taken++;
            }
            // A callback's exception is its own: like an unobserved task's, it must not end the program.
#pragma warning disable CA1031
            try
            {
                callback();
            }
            catch (Exception e)
            {
                CallbackFailed?.Invoke(e);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>Told of every exception a callback let escape.</summary>
    public event Action<Exception>? CallbackFailed;
}
