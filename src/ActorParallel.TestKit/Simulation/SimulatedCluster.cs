using ActorParallel.Scheduling;

namespace ActorParallel.TestKit;

/// <summary>
/// A cluster in virtual time: the scheduler that a controller runs, with engines, messages and mishaps made up around it. No threads, no
/// waiting: a million tasks take seconds, and a run is the same each time. Not thread-safe.
/// </summary>
/// <example>
/// <code>
/// var report = SimulatedCluster.Run(new() { Engines = 100, Tasks = 1_000_000, Work = Draw.Pareto(0.1, shape: 1.5), Policy = "two-choices", Seed = 42 });
/// Console.WriteLine(report);
/// </code>
/// or step by step:
/// <code>
/// var cluster = new SimulatedCluster(new() { Engines = 2 });
/// var task = cluster.Submit(work: TimeSpan.FromSeconds(5));
/// cluster.RunFor(TimeSpan.FromSeconds(1));
/// cluster.KillEngine(task.EngineId!.Value);
/// cluster.RunToEnd().ShouldLoseNothing();
/// task.ShouldEndExactlyOnce();
/// </code>
/// </example>
public sealed partial class SimulatedCluster
{
    const int BatchSize = 4096;

    readonly SimulatedClusterOptions _options;
    readonly SchedulerCore _core;
    readonly InstructionList _output = new();
    readonly EventHeap _heap = new();
    readonly TaskTable _tasks = new();
    readonly List<SimulatedEngine> _engines = [];
    readonly Dictionary<SimulatedTaskOptions, int> _kindsByOptions = [];
    readonly List<TaskKind> _kinds = [];
    readonly List<ArrivingTasks> _arriving = [];
    readonly Random _speeds, _lives, _notices, _delays;
    long _now;
    int _toArrive;

    /// <param name="options">What it is like; null for the defaults.</param>
    public SimulatedCluster(SimulatedClusterOptions? options = null)
    {
        _options = options ?? new SimulatedClusterOptions();
        var seed = _options.Seed;
        _core = new SchedulerCore(_options.ToSchedulerOptions(), new SimulationRandom(seed, 1));
        (_speeds, _lives, _notices, _delays) = (new SimulationRandom(seed, 2), new SimulationRandom(seed, 3), new SimulationRandom(seed, 4), new SimulationRandom(seed, 5));
        _noDelay = IsZero(_options.MessageDelay);
        _warmUp = _options.WarmUp.Ticks;

        var joins = new SimulationRandom(seed, 6);
        for (var id = 0; id < _options.Engines; id++)
            _heap.Plan(Ticks(_options.EngineJoins.Next(joins)), EventKind.EngineJoins, NewEngine(_options.WorkersPerEngine, [], returns: true).Id);
        if (_options.Tasks > 0)
            Expect(_options.TaskOptions, _options.Tasks, TimeSpan.Zero, _options.Arrivals, _options.Work);
        foreach (var workload in _options.Workloads)
            Expect(workload, workload.Tasks, workload.Start, workload.Arrivals, workload.Work);
    }

    /// <summary>How long it has run, in virtual time.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(_now);

    /// <summary>The tasks submitted so far that haven't ended.</summary>
    public int InFlight => _core.InFlight;

    /// <summary>Every task that there is to be has arrived and ended.</summary>
    public bool AllEnded => _toArrive == 0 && _core.InFlight == 0;

    /// <summary>The ids of the engines whose processes are there.</summary>
    public IReadOnlyList<int> EngineIds => [.. _engines.Where(static e => e.Present).Select(static e => e.Id)];

    /// <summary>Simulates a whole run.</summary>
    /// <param name="options">The cluster and its tasks.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>What came of it. Tasks may be left if <see cref="SimulatedClusterOptions.Until"/> was reached, or if nothing could ever run them.</returns>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public static SimulationReport Run(SimulatedClusterOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SimulatedCluster(options).RunToEnd(cancellationToken);
    }

    /// <summary>Submits a task.</summary>
    /// <param name="work">How long it runs on an engine of speed 1.</param>
    /// <param name="options">What it is like; null for a plain one.</param>
    /// <param name="after">Tasks that must have succeeded before it starts; default none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The work is negative.</exception>
    public SimulatedTask Submit(TimeSpan work, SimulatedTaskOptions? options = null, IEnumerable<SimulatedTask>? after = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(work, TimeSpan.Zero);
        var kind = KindOf(options ?? new SimulatedTaskOptions());
        var dependencies = after is null ? null : new Dependencies(new DependencyGroup([.. after.Where(t => !t.HasSucceeded).Select(static t => t.Id)]));
        Turn();
        var id = NewTask(kind, work.TotalSeconds);
        _core.Handle(new TaskSubmitted(id, _kinds[kind].Spec, dependencies, _kinds[kind].Client.Number), _now, _output);
        Obey();
        return new SimulatedTask(this, id);
    }

    /// <summary>Submits many tasks at once.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">How long one runs on an engine of speed 1, in seconds.</param>
    /// <param name="options">What they are like; null for plain ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is less than none.</exception>
    public IReadOnlyList<SimulatedTask> Submit(int count, Draw work, SimulatedTaskOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(work);
        var arriving = new ArrivingTasks(KindOf(options ?? new SimulatedTaskOptions()), count, null, work, new SimulationRandom(_options.Seed, 100 + _tasks.Count));
        Turn();
        var first = _tasks.Count;
        _toArrive += count;
        SubmitAll(arriving);
        return [.. Enumerable.Range(first, count).Select(id => new SimulatedTask(this, id))];
    }

    /// <summary>A task by its id.</summary>
    /// <param name="id">Tasks are numbered as they are submitted, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task yet.</exception>
    public SimulatedTask Task(long id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, _tasks.Count);
        return new SimulatedTask(this, id);
    }

    /// <summary>Wants a task to stop. It stops at once, or when the word has reached its engine.</summary>
    /// <param name="task">The task.</param>
    public void Cancel(SimulatedTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        Turn();
        _core.Handle(new CancelRequested(task.Id), _now, _output);
        Obey();
    }

    /// <summary>Why a task waits, or where it runs; null when it has ended.</summary>
    /// <param name="task">The task.</param>
    public string? Explain(SimulatedTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return _core.Explain(task.Id)?.Because;
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="time">How much.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public void RunFor(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var until = SchedulerTime.After(_now, time.Ticks);
        while (Step(until))
        {
        }
        Advance(until);
    }

    /// <summary>Lets time pass until something is so.</summary>
    /// <param name="condition">Looked at after every event.</param>
    /// <param name="within">The longest it may take, in virtual time.</param>
    /// <exception cref="ParallelAssertionException">It took longer, or nothing happens any more.</exception>
    public void RunUntil(Func<bool> condition, TimeSpan within)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var until = SchedulerTime.After(_now, within.Ticks);
        while (!condition())
        {
            if (Step(until))
                continue;
            var why = _heap.Count == 0 && _core.NextDeadline is null ? "nothing happens any more" : $"{ReportText.Of(within)} have passed";
            throw new ParallelAssertionException($"The condition is not met at {ReportText.Of(Now)} of virtual time, and {why}. {Standing()}");
        }
    }

    /// <summary>Lets time pass until every task has ended, or none ever will.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public SimulationReport RunToEnd(CancellationToken cancellationToken = default)
    {
        var until = _options.Until?.Ticks ?? long.MaxValue - 1;
        for (var steps = 0; !AllEnded && Step(until); steps++)
        {
            if ((steps & 0xFFF) == 0)
                cancellationToken.ThrowIfCancellationRequested();
        }
        if (!AllEnded && _options.Until is { } end)
            Advance(end.Ticks);
        return Report();
    }

    internal string Standing()
    {
        var c = _core.Counters;
        return $"Tasks: {c.Ready} ready, {c.Delayed} delayed, {c.Waiting} waiting for others, {c.Assigned} assigned, {c.Running} running, {_toArrive} to arrive; engines: {c.Engines}.";
    }

    internal ref readonly TaskFacts Facts(long id) => ref _tasks[id];

    internal TaskState StateOf(long id) => _tasks[id].Ends > 0 ? _tasks[id].State : _core.Explain(id)?.State ?? _tasks[id].State;

    internal int? EngineOf(long id) => _tasks[id].Ends > 0
        ? _tasks[id].Engine < 0 ? null : _tasks[id].Engine
        : _core.Explain(id)?.EngineId is >= 0 and var engine ? engine : null;

    static long Ticks(double seconds) => seconds >= long.MaxValue / (double)SchedulerTime.Second ? long.MaxValue : (long)Math.Round(seconds * SchedulerTime.Second);

    static bool IsZero(Draw draw) => draw is ConstantDraw && draw.Mean == 0;
}
