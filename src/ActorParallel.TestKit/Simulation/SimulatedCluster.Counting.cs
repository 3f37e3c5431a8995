using ActorParallel.Scheduling;

namespace ActorParallel.TestKit;

/// <summary>Counts what happens, and reports it.</summary>
public sealed partial class SimulatedCluster
{
    readonly Dictionary<int, ClientFacts> _clients = [];
    readonly int[] _counts = new int[(int)TaskState.Unschedulable + 1];
    readonly LoadRecorder _loads = new();
    readonly Timeline _timeline = new();
    readonly long _warmUp;

    /// <summary>Tasks that wait again, though later ones have started.</summary>
    readonly PriorityQueue<long, long> _waitAgain = new();
    LevelRecorder _queue = new(0);
    AgeRecorder _age = new(0);
    bool _warm;
    long _firstWaiting;
    long _running, _lastEnd, _attempts, _failedAttempts, _lostAttempts;
    int _ended, _endedTwice, _present, _enginesJoined, _enginesDied, _enginesLeft;
    double _busyTicks, _wastedTicks;

    /// <summary>Runs while all clients have tasks waiting.</summary>
    long _contention;
    int _clientsWaiting;

    ClientFacts ClientOf(int number)
    {
        if (!_clients.TryGetValue(number, out var client))
            _clients.Add(number, client = new ClientFacts(number));
        return client;
    }

    void Advance(long at)
    {
        if (!_warm && at >= _warmUp)
            EndWarmUp();
        if (at <= _now)
            return;
        _ticksAtOnce = 0;
        _timeline.Upto(at, _queue.Level, _running, _present);
        _age.Upto(at, Oldest());
        if (_clientsWaiting == _clients.Count && _clientsWaiting > 1)
            _contention += at - _now;
        _now = at;
    }

    void EndWarmUp()
    {
        _warm = true;
        if (_warmUp == 0)
            return;
        _queue = _queue.Again(_warmUp);
        _age = new AgeRecorder(_warmUp);
        _loads.Reset(_warmUp);
    }

    long? Oldest()
    {
        while (_firstWaiting < _tasks.Count && !_tasks[_firstWaiting].Waits)
            _firstWaiting++;
        while (_waitAgain.TryPeek(out var id, out _))
        {
            if (_tasks[id].Waits)
                return _tasks[id].SubmittedAt;
            _waitAgain.Dequeue();
        }
        return _firstWaiting < _tasks.Count ? _tasks[_firstWaiting].SubmittedAt : null;
    }

    void SetWaiting(long id, bool waits)
    {
        ref var task = ref _tasks[id];
        if (task.Waits == waits)
            return;
        task.Waits = waits;
        var client = _kinds[task.Kind].Client;
        _queue.Change(waits ? 1 : -1, _now);
        if (waits && client.Waiting++ == 0)
            _clientsWaiting++;
        else if (!waits && --client.Waiting == 0)
            _clientsWaiting--;
        if (waits && id < _firstWaiting)
            _waitAgain.Enqueue(id, id);
    }

    void CountStart(long id)
    {
        ref var task = ref _tasks[id];
        if (task.StartedAt < 0)
            task.StartedAt = _now;
        task.Running++;
        _running++;
        SetWaiting(id, false);
        var client = _kinds[task.Kind].Client;
        client.Upto(_contention);
        client.Running++;
    }

    /// <param name="engine">Where it ran.</param>
    /// <param name="id">The task.</param>
    /// <param name="startedAt">Since when.</param>
    /// <param name="outcome">How the attempt ended; null when its engine died.</param>
    void CountEnd(SimulatedEngine engine, long id, long startedAt, TaskOutcome? outcome)
    {
        ref var task = ref _tasks[id];
        task.Running--;
        _running--;
        engine.Attempts++;
        var client = _kinds[task.Kind].Client;
        client.Upto(_contention);
        client.Running--;
        if (outcome == TaskOutcome.Failed)
            _failedAttempts++;
        double ticks = Math.Max(0, _now - Math.Max(startedAt, _warmUp));
        client.WorkerTicks += ticks;
        engine.BusyTicks += ticks;
        _busyTicks += ticks;
        if (outcome != TaskOutcome.Succeeded)
            _wastedTicks += ticks;
    }

    void CountPresence(SimulatedEngine engine) =>
        engine.PresentTicks += (double)engine.Slots.Length * Math.Max(0, _now - Math.Max(engine.PresentSince, _warmUp));

    /// <summary>How things stand, and what has been.</summary>
    public SimulationReport Report()
    {
        // Things that are still going on count up to now, and go on.
        var (busy, present, engineTicks) = (_busyTicks, 0.0, 0.0);
        var engines = new List<EngineReport>(_engines.Count);
        foreach (var engine in _engines)
        {
            var (itsBusy, itsPresent) = (engine.BusyTicks, engine.PresentTicks);
            if (engine.Present)
                itsPresent += (double)engine.Slots.Length * Math.Max(0, _now - Math.Max(engine.PresentSince, _warmUp));
            foreach (var slot in engine.Slots)
            {
                if (slot.Task < 0)
                    continue;
                var ticks = Math.Max(0, _now - Math.Max(slot.StartedAt, _warmUp));
                itsBusy += ticks;
                busy += ticks;
            }
            present += itsPresent;
            engineTicks += itsPresent / engine.Slots.Length;
            engines.Add(new EngineReport
            {
                Id = engine.Id,
                Speed = engine.Speed,
                Utilisation = itsPresent == 0 ? 0 : itsBusy / itsPresent,
                Attempts = engine.Attempts,
                Deaths = engine.Deaths,
            });
        }
        var (waiting, response, slowdown, clients) = Summarize();
        var counters = _core.Counters;
        return new SimulationReport
        {
            Policy = _options.Policy,
            Seed = _options.Seed,
            TraceHash = _trace,
            Makespan = TimeSpan.FromTicks(_core.InFlight == 0 && _ended > 0 ? _lastEnd : _now),
            Submitted = _tasks.Count,
            Counts = CountStates(counters),
            Ended = _ended,
            EndedTwice = _endedTwice,
            Waiting = waiting,
            Response = response,
            Slowdown = slowdown,
            QueueLength = _queue.Statistics(_now),
            QueueAge = _age.Statistics(),
            Utilisation = present == 0 ? 0 : busy / present,
            Wasted = busy == 0 ? 0 : _wastedTicks / busy,
            LoadTail = new ValueList<double>(engineTicks == 0 ? [1] : _loads.Shares(engineTicks, _now)),
            Fairness = Jain([.. clients.Select(static c => c.ContendedTime.TotalSeconds)]),
            Attempts = _attempts,
            FailedAttempts = _failedAttempts,
            LostAttempts = _lostAttempts,
            Recalls = counters.Recalls,
            SecondCopies = counters.Speculations,
            EnginesJoined = _enginesJoined,
            EnginesDied = _enginesDied,
            EnginesLeft = _enginesLeft,
            Engines = new ValueList<EngineReport>(engines),
            Clients = new ValueList<ClientReport>(clients),
            Moments = new ValueList<SimulationMoment>(_timeline.Moments),
            TaskReports = _options.KeepTasks ? new ValueList<TaskReport>(Enumerable.Range(0, _tasks.Count).Select(id => ReportOf(id))) : ValueList<TaskReport>.Empty,
        };
    }

    ValueList<int> CountStates(in SchedulerCounters counters)
    {
        var counts = (int[])_counts.Clone();
        counts[(int)TaskState.Waiting] = counters.Waiting;
        counts[(int)TaskState.Ready] = counters.Ready;
        counts[(int)TaskState.Delayed] = counters.Delayed;
        counts[(int)TaskState.Assigned] = counters.Assigned;
        counts[(int)TaskState.Running] = counters.Running;
        return new ValueList<int>(counts);
    }

    (TimeStatistics Waiting, TimeStatistics Response, LevelStatistics Slowdown, List<ClientReport> Clients) Summarize()
    {
        var (waiting, response, slowdown) = (new List<long>(_tasks.Count), new List<long>(_tasks.Count), new List<double>(_tasks.Count));
        var sums = _clients.Values.ToDictionary(static c => c, static _ => (Waiting: 0.0, Started: 0, Response: 0.0, Ended: 0, DoneAt: 0L));
        for (long id = 0; id < _tasks.Count; id++)
        {
            ref readonly var task = ref _tasks[id];
            ref var sum = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(sums, _kinds[task.Kind].Client);
            sum.DoneAt = Math.Max(sum.DoneAt, task.EndedAt);
            if (task.SubmittedAt < _warmUp)
                continue;
            if (task.StartedAt >= 0)
            {
                waiting.Add(task.StartedAt - task.SubmittedAt);
                (sum.Waiting, sum.Started) = (sum.Waiting + waiting[^1], sum.Started + 1);
            }
            if (task.EndedAt < 0)
                continue;
            response.Add(task.EndedAt - task.SubmittedAt);
            (sum.Response, sum.Ended) = (sum.Response + response[^1], sum.Ended + 1);
            if (task.Work > 0)
                slowdown.Add(response[^1] / (task.Work * SchedulerTime.Second));
        }
        var clients = new List<ClientReport>();
        foreach (var (client, sum) in sums.OrderBy(static s => s.Key.Number))
        {
            client.Upto(_contention);
            clients.Add(new ClientReport
            {
                Client = client.Number,
                Tasks = client.Tasks,
                WorkerTime = TimeSpan.FromTicks((long)client.WorkerTicks),
                ContendedTime = TimeSpan.FromTicks((long)client.ContendedTicks),
                MeanWaiting = TimeSpan.FromTicks(sum.Started == 0 ? 0 : (long)(sum.Waiting / sum.Started)),
                MeanResponse = TimeSpan.FromTicks(sum.Ended == 0 ? 0 : (long)(sum.Response / sum.Ended)),
                DoneAt = TimeSpan.FromTicks(sum.DoneAt),
            });
        }
        return (TimeStatistics.Of(waiting), TimeStatistics.Of(response), LevelStatistics.Of(slowdown), clients);
    }

    TaskReport ReportOf(long id)
    {
        var task = _tasks[id];
        var handle = new SimulatedTask(this, id);
        return new TaskReport
        {
            Id = id,
            Client = _kinds[task.Kind].Client.Number,
            State = handle.State,
            Work = TimeSpan.FromSeconds(task.Work),
            SubmittedAt = handle.SubmittedAt,
            StartedAt = handle.StartedAt,
            EndedAt = handle.EndedAt,
            EngineId = handle.EngineId,
            Attempts = task.Attempts,
            Ends = task.Ends,
        };
    }

    static double Jain(double[] shares)
    {
        var squares = shares.Sum(static s => s * s);
        return squares == 0 ? 1 : shares.Sum() * shares.Sum() / (shares.Length * squares);
    }
}
