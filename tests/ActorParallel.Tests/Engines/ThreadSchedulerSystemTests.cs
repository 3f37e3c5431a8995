using ActorParallel.Engines;
using ActorParallel.Pools;
using ActorParallel.Tests.Transport;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace ActorParallel.Tests.Engines;

/// <summary>An actor system on our scheduler.</summary>
[Collection(nameof(BlockedPoolTests))]
public sealed class ThreadSchedulerSystemTests : IAsyncLifetime
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(20);

    static readonly Config s_config = ConfigurationFactory.ParseString(
        """
        akka.scheduler.implementation = "ActorParallel.Engines.ThreadScheduler, ActorParallel"
        akka { loglevel = ERROR, stdout-loglevel = OFF }
        own { type = ForkJoinDispatcher, throughput = 1, dedicated-thread-pool { thread-count = 1, threadtype = background } }
        """);

    readonly ActorSystem _system = ActorSystem.Create("timers", s_config);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _system.Terminate().WaitAsync(s_patience, CancellationToken.None);

    /// <summary>Has a timer that repeats, one that is replaced and a receive timeout that follows them.</summary>
    sealed class Timed : ReceiveActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        public Timed(Action<string> heard)
        {
            var beats = 0;
            Receive<string>(message =>
            {
                if (message == "start")
                {
                    Timers.StartSingleTimer("replaced", "wrong", s_patience);
                    Timers.StartSingleTimer("replaced", "single", s_soon);
                    Timers.StartPeriodicTimer("beat", "beat", s_soon);
                    return;
                }

                heard(message);
                if (message == "beat" && ++beats == 3)
                {
                    Timers.CancelAll();
                    SetReceiveTimeout(s_soon);
                }
            });
            Receive<ReceiveTimeout>(_ =>
            {
                SetReceiveTimeout(null);
                heard("timeout");
            });
        }
    }

    [Fact]
    public void AkkaMakesIt() => Assert.IsType<ThreadScheduler>(_system.Scheduler);

    [Fact]
    public async Task ThePoolsOwnSystemsUseItUnlessToldOtherwise()
    {
        const string Theirs = """akka.scheduler.implementation = "Akka.Actor.HashedWheelTimerScheduler, Akka" """;
        var (ours, told) = (OwnActorSystem.Start("ours", ConfigurationFactory.Empty), OwnActorSystem.Start("told", ConfigurationFactory.ParseString(Theirs)));
        Assert.IsType<ThreadScheduler>(ours.Scheduler);
        Assert.IsType<HashedWheelTimerScheduler>(told.Scheduler);
        await Task.WhenAll(ours.Terminate(), told.Terminate()).WaitAsync(s_patience, Cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TimersAndReceiveTimeoutsArrive(bool poolBlocked)
    {
        var heard = new List<string>();
        using var over = new ManualResetEventSlim();
        Action<string> hear = message =>
        {
            heard.Add(message);
            if (message == "timeout") over.Set();
        };
        var actor = _system.ActorOf(Props.Create(() => new Timed(hear)).WithDispatcher("own"));
        await actor.Ask<ActorIdentity>(new Identify(1), s_patience, Cancel);
        void Body()
        {
            actor.Tell("start");
            Assert.True(over.Wait(s_patience), "heard only " + string.Join(", ", heard));
        }

        if (poolBlocked) await BlockedThreadPool.While(Body);
        else Body();
        Assert.Equal(["beat", "beat", "beat", "single", "timeout"], heard.Order());
    }

    [Fact]
    public async Task ScheduledMessagesArriveAndCancelledOnesDoNot()
    {
        var inbox = Inbox.Create(_system);
        _system.Scheduler.ScheduleTellOnceCancelable(s_soon, inbox.Receiver, "cancelled", ActorRefs.NoSender).Cancel();
        _system.Scheduler.ScheduleTellOnce(s_soon, inbox.Receiver, "once", ActorRefs.NoSender);
        Assert.Equal("once", await inbox.ReceiveAsync(s_patience));
        var repeated = _system.Scheduler.ScheduleTellRepeatedlyCancelable(s_soon, s_soon, inbox.Receiver, "again", ActorRefs.NoSender);
        Assert.Equal("again", await inbox.ReceiveAsync(s_patience));
        Assert.Equal("again", await inbox.ReceiveAsync(s_patience));
        repeated.Cancel();
    }

    [Fact]
    public async Task AnInboxAndAnAskWithoutAnswerTimeOut()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Inbox.Create(_system).ReceiveAsync(s_soon));
        var silent = _system.ActorOf(Props.Create(() => new Silent()));
        await Assert.ThrowsAsync<AskTimeoutException>(() => silent.Ask<string>("?", s_soon, Cancel));
    }

    sealed class Silent : ReceiveActor
    {
        public Silent() => ReceiveAny(_ => { });
    }

    [Fact]
    public async Task AnActionThatThrowsIsLogged()
    {
        var inbox = Inbox.Create(_system);
        _system.EventStream.Subscribe(inbox.Receiver, typeof(Error));
        _system.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => throw new InvalidOperationException("this one"));
        var error = Assert.IsType<Error>(await inbox.ReceiveAsync(s_patience));
        Assert.Equal("this one", error.Cause.Message);
        Assert.Equal("A scheduled action failed.", error.Message.ToString());
    }

    [Fact]
    public async Task ASystemThatEndsLeavesNoThreads()
    {
        var system = ActorSystem.Create("short", s_config);
        var (own, scheduler) = (new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously));
        system.ActorOf(Props.Create(() => new Teller(own)).WithDispatcher("own"));
        system.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => scheduler.SetResult(Thread.CurrentThread));
        var threads = await Task.WhenAll(own.Task, scheduler.Task).WaitAsync(s_patience, Cancel);
        await system.Terminate().WaitAsync(s_patience, Cancel);
        // Akka ends a dispatcher's threads by a scheduled action, a second after its last actor.
        Assert.All(threads, t => Assert.True(t.Join(s_patience), $"{t.Name} lives on"));
    }

    sealed class Teller : ReceiveActor
    {
        public Teller(TaskCompletionSource<Thread> told) => told.SetResult(Thread.CurrentThread);
    }
}
