using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.History;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.TestKit;

/// <summary>A controller as its process has it, in an actor system of this one.</summary>
internal sealed class InProcessController
{
    public const int Port = 1;

    readonly IActorRef _actor;

    public InProcessController(FaultPlan faults, ControllerSettings settings, string folder)
    {
        Host = new ClusterHost(Party.Controller, faults);
        var system = ClusterSystem.Start(
            ConnectionInfo.ControllerSystem, FaultMailbox.For(Host).WithFallback(SocketTransportConfig.ForUnix(folder, Port, PoolTransport.FrameBytes)), null);
        Host.System = system;
        var shared = new ClusterShared(settings, folder, new MemoryHistory(Math.Max(1, settings.HistoryRecords)));
        _actor = system.ActorOf(Props.Create(() => new ClusterControllerActor(shared)).WithDispatcher(ProcessExecutor.ControllerDispatcher), ClusterControllerActor.Name);
    }

    public ClusterHost Host { get; }

    /// <summary>It has handled what came to it so far.</summary>
    public async Task HandledAsync()
    {
        try
        {
            await _actor.Ask<ActorIdentity>(new Identify(0), TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // It has failed on it.
        }
    }
}
