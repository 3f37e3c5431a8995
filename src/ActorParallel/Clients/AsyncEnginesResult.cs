using ActorParallel.Clients;
using ActorParallel.Engines;
using ActorParallel.Pools;
using ActorParallel.Results;

namespace ActorParallel;

/// <summary>
/// The outcome of a call on several engines, now or later: one value an engine, in the order of <see cref="Targets"/>. It ends when all engines have answered;
/// when some failed, with an <see cref="EnginesException"/> that names each. All members may be used from any thread.
/// </summary>
/// <typeparam name="T">The type of one engine's value.</typeparam>
public sealed class AsyncEnginesResult<T> : AsyncResult<T[]>, IStoppable, IParted
{
    readonly AsyncResult<T>[] _parts;
    readonly int[] _targets;
    int _left;

    internal AsyncEnginesResult(PoolExecutor host, TaskOptions options, int[] targets, AsyncResult<T>[] parts)
        : base(host, options) => (_targets, _parts, _left) = (targets, parts, parts.Length);

    /// <summary>The engines, by id.</summary>
    public IReadOnlyList<int> Targets => _targets;

    /// <summary>Each engine's own result, with its value, error, times and output, in the order of <see cref="Targets"/>.</summary>
    public IReadOnlyList<AsyncResult<T>> Parts => _parts;

    /// <summary>Waits for all engines; the values by engine.</summary>
    /// <returns>One value an engine.</returns>
    /// <exception cref="EnginesException">Some failed.</exception>
    public IReadOnlyDictionary<int, T> ByEngine()
    {
        var values = Get();
        return _targets.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => values[p.i]);
    }

    /// <summary>What each engine's part wrote to the console, each line after its engine's number.</summary>
    public override string Output =>
        string.Concat(Outputs.SelectMany(o => o.Value.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Where(_ => o.Value.Length > 0).Select(line => $"[{o.Key}] {line}\n")));

    /// <summary>What each engine's part wrote to the console, by engine.</summary>
    public override IReadOnlyDictionary<int, string> Outputs => _targets.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => _parts[p.i].Output);

    /// <inheritdoc />
    public override TaskProgress Progress
    {
        get
        {
            var done = _parts.Length - Volatile.Read(ref _left);
            return TaskProgress.Of(done, _parts.Length, Ready ? 1 : _parts.Average(p => p.Progress.Fraction ?? 0), Elapsed);
        }
    }

    /// <inheritdoc />
    public override TimeSpan SerialTime => new(_parts.Sum(p => p.SerialTime.Ticks));

    IReadOnlyList<AsyncResult> IParted.OpenTasks => [.. _parts.Where(p => !p.Ready)];

    internal AsyncEnginesResult<T> Start()
    {
        TryMove(TaskState.Ready, TaskState.Running);
        foreach (var part in _parts)
            part.AddWaiter(new InlineCompletion(_ =>
            {
                if (Interlocked.Decrement(ref _left) == 0) Finish();
            }));
        return this;
    }

    void Finish()
    {
        var errors = new SortedDictionary<int, Exception>();
        var cancelled = 0;
        for (var i = 0; i < _parts.Length; i++)
        {
            if (_parts[i].Error is not { } error) continue;
            errors[_targets[i]] = error;
            if (_parts[i].State == TaskState.Cancelled) cancelled++;
        }
        if (errors.Count == 0) TrySucceed([.. _parts.Select(p => p.ValueOrDefault!)]);
        else if (cancelled == errors.Count) TryEnd(TaskState.Cancelled, new OperationCanceledException($"Task {Id} was cancelled on {cancelled} engine(s)."));
        else TryEnd(TaskState.Failed, new EnginesException(_parts.Length, errors));
    }

    void IStoppable.Stop(Exception? fault)
    {
        foreach (var part in _parts) part.Cancel();
    }
}
