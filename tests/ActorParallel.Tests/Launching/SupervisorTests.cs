using System.Collections.Concurrent;
using ActorParallel.Launching;
using Microsoft.Extensions.Time.Testing;

namespace ActorParallel.Tests.Launching;

/// <summary>Engines kept running, in virtual time.</summary>
public sealed class SupervisorTests : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    readonly FakeTimeProvider _time = new();
    readonly FakeLauncher _launcher = new();
    readonly ConcurrentQueue<(int Id, EngineExit Exit)> _exits = new();
    readonly ConcurrentQueue<string> _gaveUp = new(), _complaints = new();
    EngineSupervisor? _supervisor;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _launcher.All)
            engine.Die();
        if (_supervisor is not null)
            await _supervisor.DisposeAsync();
    }

    EngineSupervisor Supervise(SupervisorOptions? options = null, Func<int>? takeId = null)
    {
        _supervisor = new EngineSupervisor(_launcher, id => new EngineLaunch($"engine-{id}", id, 1, default), options ?? new SupervisorOptions(), _time, takeId);
        _supervisor.EngineExited += (id, exit) => _exits.Enqueue((id, exit));
        _supervisor.GaveUp += (_, reason) => _gaveUp.Enqueue(reason);
        _supervisor.Complained += _complaints.Enqueue;
        return _supervisor;
    }

    static async Task Until(Func<bool> condition, Action? meanwhile = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            meanwhile?.Invoke();
            await Task.Delay(1, limit.Token);
        }
    }

    /// <summary>Moves time in steps until it is so.</summary>
    Task Passing(TimeSpan step, Func<bool> condition) => Until(condition, () => _time.Advance(step));

    [Fact]
    public async Task EnginesStartSideBySideButNotAllAtOnce()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _launcher.OnStart = (_, _) => gate.Task;
        var supervisor = Supervise(new() { StartTogether = 3 });
        var scaling = supervisor.ScaleAsync(10, Cancel);
        await Until(() => _launcher.MostAtOnce == 3);
        Assert.False(scaling.IsCompleted);
        gate.SetResult();
        await scaling.WaitAsync(Patience, Cancel);
        Assert.Equal(3, _launcher.MostAtOnce);
        Assert.Equal(Enumerable.Range(0, 10), _launcher.All.Select(e => e.Id).Order());
        Assert.Equal(Enumerable.Range(0, 10), supervisor.Ids);
    }

    [Fact]
    public async Task ADeadEngineComesBackWithItsIdAfterTheBackoff()
    {
        var supervisor = Supervise(new() { RestartBackoff = TimeSpan.FromSeconds(10) });
        await supervisor.ScaleAsync(3, Cancel);
        _launcher.Of(1)[0].Die(3);
        await Until(() => _exits.Contains((1, new EngineExit(3, null, null, "exit code 3"))));
        Assert.Null(supervisor.Find(1));
        await Passing(TimeSpan.FromSeconds(0.1), () => _launcher.Of(1).Length == 2);

        // Half of the base is certain: at 4.9 s it must not have been there yet.
        Assert.True(_time.GetUtcNow() - new FakeTimeProvider().GetUtcNow() > TimeSpan.FromSeconds(4.9));
        Assert.Equal((1, 1), (_launcher.Of(0).Length, _launcher.Of(2).Length));
        await Until(() => ReferenceEquals(supervisor.Find(1), _launcher.Of(1)[1]));
    }

    [Fact]
    public void TheBackoffDoublesUpToItsBoundAndIsHalfRandom()
    {
        var options = new SupervisorOptions { RestartBackoff = TimeSpan.FromSeconds(1), MaxRestartBackoff = TimeSpan.FromSeconds(5) };
        foreach (var (deaths, full) in new[] { (1, 1.0), (2, 2.0), (3, 4.0), (4, 5.0), (1000, 5.0) })
        {
            var waits = Enumerable.Range(0, 200).Select(_ => options.BackoffAfter(deaths).TotalSeconds).ToArray();
            Assert.All(waits, wait => Assert.InRange(wait, full / 2, full));
            Assert.True(waits.Max() - waits.Min() > full / 4, "no jitter");
        }
    }

    [Fact]
    public async Task AnEngineThatKeepsDyingIsGivenUpWithItsLastWords()
    {
        var supervisor = Supervise(new() { MaxRestarts = 3 });
        supervisor.EngineStarted += (_, engine) =>
        {
            ((FakeEngine)engine).LastOutput = ["loading", "cannot open device", ""];
            ((FakeEngine)engine).Die(7);
        };
        await supervisor.ScaleAsync(1, Cancel);
        await Passing(TimeSpan.FromMilliseconds(100), () => !_gaveUp.IsEmpty);
        Assert.Equal("Engine 0 is given up: it ended 4 times within 60 s, the last time with exit code 7: cannot open device.", Assert.Single(_gaveUp));
        Assert.Equal(4, _launcher.All.Length);
        Assert.Empty(supervisor.Ids);
    }

    [Fact]
    public async Task OneGivenUpCanBeStartedAgain()
    {
        var supervisor = Supervise(new() { MaxRestarts = 0 });
        await supervisor.ScaleAsync(1, Cancel);
        _launcher.All[0].Die();
        await Until(() => !_gaveUp.IsEmpty);
        await supervisor.RestartAsync(0, Cancel).WaitAsync(Patience, Cancel);
        Assert.Equal([0], supervisor.Ids);
        Assert.Equal(2, _launcher.Of(0).Length);
    }

    [Fact]
    public async Task DeathsLongAgoDontCount()
    {
        var supervisor = Supervise(new() { MaxRestarts = 1, RestartWindow = TimeSpan.FromSeconds(60) });
        await supervisor.ScaleAsync(1, Cancel);
        for (var i = 1; i <= 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(61));
            await Until(() => supervisor.Find(0) is not null);
            _launcher.Of(0)[^1].Die();
            await Passing(TimeSpan.FromMilliseconds(50), () => _launcher.Of(0).Length == i + 1);
        }

        Assert.Empty(_gaveUp);
    }

    [Fact]
    public async Task AStartThatFailsCountsAndIsToldToWhoWaits()
    {
        _launcher.OnStart = (_, _) => throw new EngineLaunchException("node7 refuses.");
        var supervisor = Supervise(new() { MaxRestarts = 2 });
        var scaling = supervisor.ScaleAsync(1, Cancel);
        await Passing(TimeSpan.FromMilliseconds(100), () => scaling.IsCompleted);
        var e = await Assert.ThrowsAsync<EngineLaunchException>(() => scaling);
        Assert.Equal("Engine 0 is given up: it ended 3 times within 60 s, the last time with node7 refuses.", e.Message);
    }

    [Fact]
    public async Task ALauncherThatFailsInItsOwnWayCostsOneStart()
    {
        var starts = 0;
        _launcher.OnStart = (_, _) => Interlocked.Increment(ref starts) == 1 ? throw new InvalidTimeZoneException("odd") : Task.CompletedTask;
        var scaling = Supervise().ScaleAsync(1, Cancel);
        await Passing(TimeSpan.FromMilliseconds(50), () => scaling.IsCompleted);
        await scaling;
        Assert.Equal(2, starts);
    }

    [Fact]
    public async Task AStartThatHangsIsCutOff()
    {
        _launcher.OnStart = (_, cancel) => Task.Delay(Timeout.Infinite, cancel);
        var scaling = Supervise(new() { MaxRestarts = 0, StartTimeout = TimeSpan.FromMinutes(1) }).ScaleAsync(1, Cancel);
        await Passing(TimeSpan.FromSeconds(10), () => scaling.IsCompleted);
        var e = await Assert.ThrowsAsync<EngineLaunchException>(() => scaling);
        Assert.Contains("did not start it within 60 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScalingDownEndsTheHighestIdsAndUpUsesThemAgain()
    {
        var supervisor = Supervise();
        await supervisor.ScaleAsync(4, Cancel);
        await supervisor.ScaleAsync(2, Cancel).WaitAsync(Patience, Cancel);
        Assert.Equal([0, 1], supervisor.Ids);
        Assert.Equal([0, 0, 1, 1], _launcher.All.OrderBy(e => e.Id).Select(e => e.Stops));
        await supervisor.AdaptAsync(1, 3, wanted: 99, Cancel);
        Assert.Equal([0, 1, 2], supervisor.Ids);
        Assert.Equal(2, _launcher.Of(2).Length);
        await supervisor.AdaptAsync(1, 3, wanted: 0, Cancel);
        Assert.Equal([0], supervisor.Ids);
        Assert.Empty(_gaveUp);
    }

    [Fact]
    public async Task IdsMayComeFromElsewhere()
    {
        var next = 40;
        var supervisor = Supervise(takeId: () => next++);
        await supervisor.ScaleAsync(2, Cancel);
        Assert.Equal([40, 41], supervisor.Ids);
    }

    [Fact]
    public async Task ARestartKeepsTheIdAndCostsNoBudget()
    {
        var supervisor = Supervise(new() { MaxRestarts = 0 });
        await supervisor.ScaleAsync(2, Cancel);
        for (var i = 0; i < 5; i++)
            await supervisor.RestartAsync(1, Cancel).WaitAsync(Patience, Cancel); // no time passes
        Assert.Equal((1, 6), (_launcher.Of(0).Length, _launcher.Of(1).Length));
        Assert.Empty(_gaveUp);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => supervisor.RestartAsync(9, Cancel));
    }

    [Fact]
    public async Task SignalsReachTheEngine()
    {
        var supervisor = Supervise();
        await supervisor.ScaleAsync(2, Cancel);
        await supervisor.SignalAsync(1, 10, Cancel);
        Assert.Equal([10], _launcher.Of(1)[0].Signals);
        Assert.Empty(_launcher.Of(0)[0].Signals);
        var e = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => supervisor.SignalAsync(7, 10, Cancel));
        Assert.Contains("There is no engine 7 here; there are 0, 1.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneWhoseLauncherSeesNothingComesBackWhenItsConnectionIsLost()
    {
        var supervisor = Supervise();
        await supervisor.ScaleAsync(1, Cancel);
        supervisor.ReportLost(0, "its connection was lost");
        await Passing(TimeSpan.FromMilliseconds(50), () => _launcher.Of(0).Length == 2);
        Assert.Equal(1, _launcher.Of(0)[0].Stops);
        supervisor.ReportLost(5, "not here");
    }

    [Fact]
    public async Task OneOutOfReachDoesNotKeepItsSuccessorAway()
    {
        var supervisor = Supervise();
        await supervisor.ScaleAsync(1, Cancel);
        _launcher.Of(0)[0].Unstoppable = true;
        supervisor.ReportLost(0, "its connection was lost");
        await Passing(TimeSpan.FromSeconds(1), () => _launcher.Of(0).Length == 2);
        Assert.StartsWith("Engine 0 (nowhere) could not be stopped", Assert.Single(_complaints), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoppingTakesNoLongerThanItMay()
    {
        var supervisor = Supervise(new() { StopTimeout = TimeSpan.FromSeconds(30) });
        await supervisor.ScaleAsync(3, Cancel);
        _launcher.Of(1)[0].Unstoppable = true;
        var stopping = supervisor.StopAsync(Cancel);
        await Until(() => _exits.Count == 2);
        await Passing(TimeSpan.FromSeconds(1), () => stopping.IsCompleted);
        var e = await Assert.ThrowsAsync<EngineLaunchException>(() => stopping);
        Assert.Equal("Engine 1 did not end and may still run after 30 s.", e.Message);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => supervisor.ScaleAsync(1, Cancel));
    }

    [Fact]
    public async Task StoppingDoesNotWaitForStartsAndBackoffs()
    {
        _launcher.OnStart = (launch, cancel) => launch.EngineId == 0 ? Task.Delay(Timeout.Infinite, cancel) : Task.CompletedTask;
        var supervisor = Supervise(new() { RestartBackoff = TimeSpan.FromHours(1), MaxRestartBackoff = TimeSpan.FromHours(1), StartTimeout = TimeSpan.FromHours(1) });
        var scaling = supervisor.ScaleAsync(2, Cancel);
        await Until(() => _launcher.Of(1).Length == 1);
        _launcher.Of(1)[0].Die();
        await Until(() => !_exits.IsEmpty);
        await supervisor.StopAsync(Cancel).WaitAsync(Patience, Cancel); // time stands still
        await scaling.WaitAsync(Patience, Cancel);
        Assert.Single(_launcher.All);
    }

    [Fact]
    public async Task AHandlersFailureIsItsOwn()
    {
        var supervisor = Supervise();
        supervisor.EngineStarted += (_, _) => throw new InvalidOperationException("mine");
        await supervisor.ScaleAsync(2, Cancel);
        await Until(() => _complaints.Count == 2);
        Assert.Contains("mine", _complaints.First(), StringComparison.Ordinal);
        Assert.Equal([0, 1], supervisor.Ids);
    }
}
