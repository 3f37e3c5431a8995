using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;
using ActorParallel.Transport;
using Google.Protobuf;

namespace ActorParallel.Tests.Transport;

/// <summary>A folder of mode 0700 for one test.</summary>
sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        FullPath = Path.Combine(Path.GetTempPath(), "ap-transport-" + Guid.NewGuid().ToString("N")[..10]);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(FullPath);
        }
        else
        {
            Directory.CreateDirectory(FullPath, PrivateFolder.Mode);
        }
    }

    public string FullPath { get; }

    public string Socket(int port) => Path.Combine(FullPath, port + ".sock");

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}

/// <summary>An actor system that is gone, within bounded time, when disposed.</summary>
sealed class TestSystem : IAsyncDisposable
{
    static readonly Config Base = ConfigurationFactory.ParseString(
        """
        akka { stdout-loglevel = OFF, loglevel = DEBUG, loggers = [], log-dead-letters = off
               remote { log-remote-lifecycle-events = off, retry-gate-closed-for = 1 s } }
        """);

    public TestSystem(string name, Config config, Setup? setup = null)
    {
        var all = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config.WithFallback(Base)));
        System = ActorSystem.Create(name, setup is null ? all : all.And(setup));
        Log = new LogCollector(System);
    }

    public ActorSystem System { get; }

    public LogCollector Log { get; }

    public Address Address => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    public async ValueTask DisposeAsync() => await System.Terminate().WaitAsync(TimeSpan.FromSeconds(20));
}

/// <summary>What was published on an event stream.</summary>
sealed class LogCollector
{
    readonly ConcurrentQueue<object> _seen = new();

    public LogCollector(ActorSystem system)
    {
        var sink = system.ActorOf(Props.Create(() => new Sink(_seen)));
        system.EventStream.Subscribe(sink, typeof(LogEvent));
        system.EventStream.Subscribe(sink, typeof(Akka.Remote.RemotingLifecycleEvent));
    }

    public IEnumerable<string> Warnings => _seen.OfType<Warning>().Select(w => w.Message.ToString()!);

    public IEnumerable<T> Of<T>() => _seen.OfType<T>();

    public Task<string> Warning(string part) => Until.Some(() => Warnings.FirstOrDefault(w => w.Contains(part, StringComparison.Ordinal)), $"a warning with '{part}'; there are: {string.Join(" | ", Warnings)}");

    sealed class Sink : ReceiveActor
    {
        public Sink(ConcurrentQueue<object> seen) => ReceiveAny(seen.Enqueue);
    }
}

static class Until
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static Task True(Func<bool> condition, string what) => Some(() => condition() ? "" : null, what);

    public static async Task<T> Some<T>(Func<T?> find, string what)
        where T : class
    {
        var deadline = TimeProvider.System.GetUtcNow() + Limit;
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            if (find() is { } found)
            {
                return found;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Not seen within {Limit}: {what}");
    }
}

/// <summary>A transport without Akka.Remote above it.</summary>
sealed class BareTransport : IAssociationEventListener
{
    readonly BlockingCollection<SocketAssociation> _accepted = [];

    BareTransport(SocketTransport transport, Address address) => (Transport, Address) = (transport, address);

    public SocketTransport Transport { get; }

    public Address Address { get; }

    public static async Task<BareTransport> Listen(TestSystem system, string keys)
    {
        var transport = new SocketTransport(system.System, ConfigurationFactory.ParseString(keys));
        var (address, source) = await transport.Listen();
        var bare = new BareTransport(transport, address);
        source.SetResult(bare);
        return bare;
    }

    public void Notify(IAssociationEvent ev) => _accepted.Add((SocketAssociation)((InboundAssociation)ev).Association);

    public SocketAssociation Accepted(CancellationToken cancel) =>
        _accepted.TryTake(out var association, 15_000, cancel) ? association : throw new TimeoutException("Nobody connected within 15 s.");

    public int AcceptedCount => _accepted.Count;

    public async Task<SocketAssociation> Connect(Address to) => (SocketAssociation)await Transport.Associate(to).WaitAsync(TimeSpan.FromSeconds(15));
}

/// <summary>Takes what a connection brings.</summary>
sealed class Frames : IHandleEventListener
{
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<ByteString> Seen { get; } = new();

    /// <summary>While not set the reader's thread is held: a slow reader.</summary>
    public ManualResetEventSlim Gate { get; } = new(true);

    public Action<ByteString>? OnFrame { get; init; }

    public Task Ended => _ended.Task;

    public int Ends { get; private set; }

    public void Notify(IHandleEvent ev)
    {
        switch (ev)
        {
            case InboundPayload payload:
                Gate.Wait();
                if (OnFrame is null)
                {
                    Seen.Enqueue(payload.Payload);
                }
                else
                {
                    OnFrame(payload.Payload);
                }

                break;
            case Disassociated:
                Ends++;
                _ended.TrySetResult();
                break;
        }
    }

    public static Frames On(AssociationHandle handle, Action<ByteString>? onFrame = null)
    {
        var frames = new Frames { OnFrame = onFrame };
        handle.ReadHandlerSource.SetResult(frames);
        return frames;
    }
}

sealed class Echo : ReceiveActor
{
    public Echo() => ReceiveAny(message => Sender.Tell(message));
}
