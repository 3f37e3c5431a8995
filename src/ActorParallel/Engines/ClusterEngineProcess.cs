using System.Globalization;
using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.Launching;
using ActorParallel.Pools;
using ActorParallel.Processes;
using ActorParallel.Profiles;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>The entry points of a cluster's engine's process.</summary>
internal static class ClusterEngineProcess
{
    /// <summary>Handed everything through its standard input, at whose end it ends.</summary>
    /// <param name="parentId">The parent's process; 0 when something else holds the standard input, as an SSH server does.</param>
    public static int Run(int parentId)
    {
        var link = ParentLink.Open(parentId);
        _ = ParentLink.IgnoreInterrupt();
        var handOver = link.Receive();
        link.Watch();
        return Run(() => ClusterEngineHandOver.Read(handOver));
    }

    /// <summary>Handed everything in a file: its connection alone decides how long it lives.</summary>
    public static int RunFile(string path) => Run(() => ClusterEngineHandOver.ReadFile(path));

    /// <summary>In a process that knows what it is to be: an engine that a user started by hand.</summary>
    public static int Run(Func<ClusterEngineHandOver> read)
    {
        try
        {
            Start(read());
            return 0;
        }
        catch (ClusterConnectionException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    static void Start(ClusterEngineHandOver handOver)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(handOver.Culture);
        var console = Console.Error;
        ConsoleCapture.Install(forward: true);
        var route = handOver.Connection.Route();
        var system = ClusterSystem.StartPeer(PoolTransport.EngineSystem, route, route.Kind == SocketKind.Tls ? handOver.Bundle?.ToSetup() : null);
        // Not on the actor's thread: the process's end waits for its actor system.
        var life = new EngineLife(OutlivesController: true, handOver.ControllerTimeout, (why, code) =>
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    console.WriteLine(why);
                    Environment.Exit(code);
                },
                null));
        var controller = new FixedController(system, $"{route.Address}/user/{ClusterControllerActor.Name}");
        ClusterEngineActor.Start(system, handOver.ToSpec(), route.Folder, controller, life);
        system.WhenTerminated.Wait();
    }
}
