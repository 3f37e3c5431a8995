using ActorParallel.Controllers;
using ActorParallel.Pools;
using ActorParallel.Results;
using Akka.Actor;

namespace ActorParallel.Tests.Controllers;

public sealed class SubmissionQueueTests : IDisposable
{
    static readonly object s_wake = new();
    readonly ActorSystem _system = OwnActorSystem.Start("submissions", Akka.Configuration.Config.Empty);

    [Fact]
    public async Task EverythingSubmittedByManyThreadsArrivesOnce()
    {
        const int threads = 4, each = 20_000;
        var queue = new SubmissionQueue<int>(s_wake);
        var all = new TaskCompletionSource<List<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        queue.Actor = _system.ActorOf(Props.Create(() => new Taker(queue, threads * each, all)).WithDispatcher(ProcessExecutor.ControllerDispatcher));
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) queue.Enqueue(thread * each + i, Clock.Now);
        })));
        var taken = await all.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, threads * each), taken.Order());
        // Each thread's own in the order it submitted them.
        for (var thread = 0; thread < threads; thread++)
        {
            var own = taken.Where(i => i / each == thread).ToList();
            Assert.Equal(own.Order(), own);
        }
    }

    public void Dispose() => _system.Dispose();

    sealed class Taker(SubmissionQueue<int> queue, int expected, TaskCompletionSource<List<int>> all) : UntypedActor
    {
        readonly List<int> _taken = [];

        protected override void OnReceive(object message)
        {
            if (message != s_wake) return;
            queue.Awake();
            while (queue.TryDequeue(out var item)) _taken.Add(item);
            if (_taken.Count == expected) all.SetResult(_taken);
        }
    }
}
