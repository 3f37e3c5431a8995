using System.Globalization;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Processes;
using ActorParallel.Scheduling;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Event;

namespace ActorParallel.Controllers;

internal sealed partial class PoolControllerActor
{
    readonly SortedSet<int> _reserved = [];
    int _target;
    int _starting;
    int _generations;
    int _startFailures;
    int _initializerFailures;
    int _losses;

    bool OnEngineMessage(object message)
    {
        switch (message)
        {
            case RegisterEngine register:
                Register(register);
                return true;
            case ChildStarted started:
                OnStarted(started);
                return true;
            case ChildFailed failed:
                _starting--;
                _reserved.Remove(failed.EngineId);
                StartFailed(failed.Error.Message, failed.Error);
                return true;
            case ChildExited exited:
                OnExited(exited);
                return true;
            case StartOverdue overdue when Engines.TryGetValue(overdue.EngineId, out var late) && late.Generation == overdue.Generation && !late.IsRegistered:
                late.Errors.Add($"It did not register within {_shared.Settings.StartTimeout.TotalSeconds:0.#} s.");
                Kill(late);
                return true;
            case StopSlow slow when Engines.TryGetValue(slow.EngineId, out var slowOne) && slowOne.Generation == slow.Generation:
                Kill(slowOne);
                return true;
            case Terminated terminated:
                // It neither answers nor ends: hung, or stopped by a signal.
                if (FindEngine(terminated.ActorRef) is { } hung) hung.Child.Kill();
                return true;
            case FillUpDue:
                FillUp();
                return true;
            case MemoryDue:
                RecycleGrown();
                return true;
            case StartOverdue or StopSlow:
                return true;
            default:
                return false;
        }
    }

    /// <summary>Starts engines until there are as many as wanted. All start side by side.</summary>
    void FillUp()
    {
        if (_closed && Ledger.Count == 0 || _terminated || _shared.Fault is not null) return;
        for (var missing = _target - _starting - Engines.Values.Count(e => !e.IsDraining && !e.IsStopping); missing > 0; missing--) StartEngine();
    }

    void StartEngine()
    {
        var id = 0;
        while (Engines.ContainsKey(id) || _reserved.Contains(id)) id++;
        _reserved.Add(id);
        _starting++;
        var generation = ++_generations;
        var settings = _shared.Settings;
        var handOver = new EngineHandOver(
            id, generation, _shared.Transport == Pools.PoolTransport.Unix ? 1 + generation : 0, _shared.Port, Workers: 1, _shared.Folder.FullPath, _shared.Transport, _shared.Certificate,
            settings.CancelGracePeriod.Ticks, settings.MaxOutput, settings.ForwardOutput, settings.InlineLimit, settings.MaxTasksPerWorker,
            Self.Path.Name, CultureInfo.CurrentCulture.Name, _shared.Initializer).ToBytes();
        var errors = new LastLines();
        var forward = settings.ForwardOutput;
        // Starting takes the operating system some milliseconds: not in this actor's turn.
        Task.Run(() => ChildProcess.Start(new ChildStart
        {
            Role = EngineProcess.Role,
            HandOver = handOver,
            OnOutput = forward ? null : static _ => { },
            OnError = line =>
            {
                errors.Add(line);
                if (forward) Console.Error.WriteLine(line);
            },
        })).PipeTo(
            Self,
            success: child => new ChildStarted(id, generation, child, errors),
            failure: e => new ChildFailed(id, e is AggregateException { InnerException: { } inner } ? inner : e));
    }

    void OnStarted(ChildStarted started)
    {
        _starting--;
        _reserved.Remove(started.EngineId);
        var engine = new PoolEngine(started.EngineId, started.Generation, started.Child) { Errors = started.Errors };
        Engines.Add(engine.Id, engine);
        _shared.ProcessIds[engine.Generation] = engine.Child.Pid;
        // Its exit is the first to tell of a death: some milliseconds, where a heartbeat takes seconds.
        started.Child.Exited.PipeTo(Self, success: exit => new ChildExited(engine.Id, engine.Generation, exit));
        Timers.StartSingleTimer((nameof(StartOverdue), engine.Id), new StartOverdue(engine.Id, engine.Generation), _shared.Settings.StartTimeout);
        if (_terminated) Kill(engine);
    }

    void Register(RegisterEngine register)
    {
        if (!Engines.TryGetValue(register.EngineId, out var engine) || engine.Generation != register.Generation || engine.IsStopping) return;
        Sender.Tell(new EngineActor.Welcome(1, engine.Id, engine.Link.Seen), Self);
        if (engine.IsRegistered) return;
        Timers.Cancel((nameof(StartOverdue), engine.Id));
        if (register.InitializerError is { } bytes)
        {
            InitializerFailed(engine, bytes);
            return;
        }
        _startFailures = 0;
        _initializerFailures = 0;
        engine.IsRegistered = true;
        Bind(engine, Sender);
        engine.Link.Open(Sender, Self, 0);
        Context.Watch(Sender);
        Core.Handle(new EngineJoined(engine.Id, register.Workers), Now, Instructions);
        Obey();
    }

    void InitializerFailed(PoolEngine engine, byte[] bytes)
    {
        var reader = new PayloadReader(bytes);
        var error = reader.Read<Exception>();
        engine.IsStopping = true;
        engine.Child.Kill();
        Log.Warning("The initializer failed in process {0}: {1}", engine.Child.Pid, error.Message);
        if (++_initializerFailures < _shared.Settings.InitializerTries || RegisteredEngines > 0) return;
        Fail(new PoolFaultedException(
            $"The worker initializer failed {_initializerFailures} times in a row, last with {error.GetType().Name}: {error.Message} Mend the initializer and make a new pool.", error));
    }

    void StartFailed(string why, Exception? error)
    {
        Log.Warning("A process of the pool did not start: {0}", why);
        // What can't be started for want of a file will not be there the next time.
        var hopeless = error is FileNotFoundException or PlatformNotSupportedException;
        if ((++_startFailures >= _shared.Settings.StartTries || hopeless) && RegisteredEngines == 0)
            Fail(new PoolFaultedException($"The pool's processes can't be started: {why}", error));
        else
            FillUpLater(_startFailures);
    }

    void Fail(PoolFaultedException fault)
    {
        if (_shared.Fault is not null) return;
        _shared.Fault = fault;
        while (!_shared.Submissions.IsEmpty) TakeSubmissions();
        Core.Handle(new EnginesExhausted(fault.Message), Now, Instructions);
        Obey();
        foreach (var engine in Engines.Values) Kill(engine);
    }

    void OnExited(ChildExited exited)
    {
        if (!Engines.TryGetValue(exited.EngineId, out var engine) || engine.Generation != exited.Generation) return;
        Engines.Remove(engine.Id);
        _shared.ProcessIds.TryRemove(engine.Generation, out _);
        Timers.Cancel((nameof(StartOverdue), engine.Id));
        var record = RunningRecord.PathOf(_shared.Folder.FullPath, engine.Generation);
        if (!engine.IsRegistered)
        {
            if (!engine.IsStopping) StartFailed($"process {engine.Child.Pid} ended with {exited.Exit} before it was ready. {engine.Errors}".TrimEnd(), null);
        }
        else
        {
            Unbind(engine);
            Context.Unwatch(engine.Actor);
            (_lossText, _lossCode, _lossPeak) = (Describe(engine, exited.Exit), exited.Exit.SignedCode, exited.Exit.PeakBytes);
            var reason = engine.IsStopping ? EngineLossReason.Stopped : EngineLossReason.Died;
            Core.Handle(new EngineLost(engine.Id, reason, RunningRecord.Read(record)), Now, Instructions);
            Obey();
            _lossText = null;
            if (!engine.IsStopping) _losses++;
        }
        CleanUp(engine);
        FillUpLater(engine.IsStopping ? 0 : _losses - 1);
    }

    static string Describe(PoolEngine engine, ChildExit exit) =>
        engine.Errors.ToString() is { Length: > 0 } said ? $"{exit}; it said: {said}" : exit.ToString();

    /// <summary>Doubles the wait as long as processes die without ending a task.</summary>
    void FillUpLater(int failuresBefore)
    {
        if (failuresBefore <= 0)
        {
            FillUp();
            return;
        }
        var wait = Math.Min(
            _shared.Settings.RestartBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(failuresBefore - 1, 30)),
            _shared.Settings.MaxRestartBackoff.TotalMilliseconds);
        Timers.StartSingleTimer(nameof(FillUpDue), FillUpDue.Instance, TimeSpan.FromMilliseconds(Math.Max(1, wait)));
    }

    void CleanUp(PoolEngine engine)
    {
        // Values on their way to a reader are mapped by now and stay readable.
        var folder = _shared.Folder.FullPath;
        var prefix = $"e{engine.Generation}";
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                try
                {
                    foreach (var pattern in (string[])[$"{prefix}-*", $"{prefix}.*", $"{1 + engine.Generation}.sock"])
                        foreach (var file in Directory.EnumerateFiles(folder, pattern)) File.Delete(file);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // The folder is gone with the pool.
                }
            },
            null);
    }

    void Stop(PoolEngine engine)
    {
        if (engine.IsStopping) return;
        engine.IsStopping = true;
        WriteStop(engine);
        Timers.StartSingleTimer((nameof(StopSlow), engine.Id), new StopSlow(engine.Id, engine.Generation), TimeSpan.FromSeconds(2));
    }

    static void Kill(PoolEngine engine)
    {
        engine.IsStopping = true;
        engine.Child.Kill();
    }

    void Resize(int workers)
    {
        _target = workers;
        var live = Engines.Values.Where(e => !e.IsDraining && !e.IsStopping).OrderByDescending(e => e.Id).ToArray();
        foreach (var engine in live.Take(Math.Max(0, live.Length - workers))) Drain(engine);
        FillUp();
    }

    void Drain(PoolEngine engine)
    {
        engine.IsDraining = true;
        if (!engine.IsRegistered)
        {
            Kill(engine);
            return;
        }
        Core.Handle(new EngineDraining(engine.Id), Now, Instructions);
        Obey();
    }

    protected override void EndEngine(PoolEngine engine) => engine.Child.Kill();

    protected override void Drained(PoolEngine engine) => Stop(engine);

    protected override void AfterOutcomes(PoolEngine engine)
    {
        _losses = 0;
        if (_shared.Settings.MaxTasksPerWorker is not (> 0 and var most) || engine.Finished < most || engine.IsDraining) return;
        Drain(engine);
        FillUp();
    }

    void RecycleGrown()
    {
        foreach (var engine in Engines.Values.Where(e => e is { IsRegistered: true, IsDraining: false, Finished: > 0 }).ToArray())
        {
            if (ProcessMemory.Resident(engine.Child.Pid) is not { } now) continue;
            if (engine.MemoryAtFirst == 0) engine.MemoryAtFirst = now;
            if (now - engine.MemoryAtFirst <= _shared.Settings.MaxMemoryGrowth) continue;
            Log.Info("Process {0} has grown by {1} MB and is replaced.", engine.Child.Pid, (now - engine.MemoryAtFirst) >> 20);
            Drain(engine);
        }
        FillUp();
    }

    sealed record ChildStarted(int EngineId, int Generation, ChildProcess Child, LastLines Errors);

    sealed record ChildFailed(int EngineId, Exception Error);

    sealed record ChildExited(int EngineId, int Generation, ChildExit Exit);

    sealed record StartOverdue(int EngineId, int Generation);

    sealed record StopSlow(int EngineId, int Generation);

    sealed record FillUpDue
    {
        public static readonly FillUpDue Instance = new();
    }

    sealed record MemoryDue
    {
        public static readonly MemoryDue Instance = new();
    }
}
