using System.Collections.Concurrent;

namespace ActorParallel.Tests.Launching;

/// <summary>Starts nothing, and remembers everything.</summary>
sealed class FakeLauncher : IEngineLauncher
{
    readonly Lock _gate = new();
    readonly List<FakeEngine> _all = [];
    int _starting;

    public string Name => "fake";

    /// <summary>Runs before each start.</summary>
    public Func<EngineLaunch, CancellationToken, Task> OnStart { get; set; } = (_, _) => Task.CompletedTask;

    public int MostAtOnce { get; private set; }

    public FakeEngine[] All
    {
        get
        {
            lock (_gate)
                return [.. _all];
        }
    }

    public FakeEngine[] Of(int id) => [.. All.Where(engine => engine.Id == id)];

    public async Task<ILaunchedEngine> StartAsync(EngineLaunch launch, CancellationToken cancellationToken)
    {
        lock (_gate)
            MostAtOnce = Math.Max(MostAtOnce, ++_starting);
        try
        {
            await OnStart(launch, cancellationToken);
        }
        finally
        {
            lock (_gate)
                _starting--;
        }

        var engine = new FakeEngine(launch.EngineId!.Value);
        lock (_gate)
            _all.Add(engine);
        return engine;
    }
}

sealed class FakeEngine(int id) : ILaunchedEngine
{
    readonly TaskCompletionSource<EngineExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Id => id;

    public string Where => "nowhere";

    public int? ProcessId => null;

    public Task<EngineExit> Exited => _exited.Task;

    public IReadOnlyList<string> LastOutput { get; set; } = [];

    public ConcurrentQueue<int> Signals { get; } = new();

    public bool Unstoppable { get; set; }

    public int Stops { get; private set; }

    public void Die(int code = 1) => _exited.TrySetResult(new EngineExit(code, null, null, $"exit code {code}"));

    public Task SignalAsync(int signal, CancellationToken cancellationToken)
    {
        Signals.Enqueue(signal);
        return Task.CompletedTask;
    }

    public Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        Stops++;
        if (Unstoppable)
            return new TaskCompletionSource().Task;
        Die(0);
        return Task.CompletedTask;
    }
}
