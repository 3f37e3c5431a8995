using System.Globalization;
using System.Security.Cryptography;
using ActorParallel.Clients;
using ActorParallel.Controllers;
using ActorParallel.Functions;
using ActorParallel.Launching;
using ActorParallel.Pools;
using ActorParallel.Processes;
using ActorParallel.Profiles;
using ActorParallel.Results;
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
        var defaults = new ControllerSettings();
        var generation = RandomNumberGenerator.GetInt32(1, int.MaxValue);
        var settings = new EngineSettings(
            generation, handOver.Workers, route.Folder, "", handOver.CancelGracePeriod.Ticks, defaults.MaxOutput,
            // What can't go through shared memory goes in the message, however large.
            route.Folder is null ? int.MaxValue : defaults.InlineLimit, MaxTasks: 0)
        {
            Linger = ShortWait.Beyond,
        };
        var sets = new CodeSets(handOver.AllowCodeShipping ? OpenStore(CodeFolder(route.Folder)) : null);
        var runtime = new EngineRuntime(settings, handOver.EngineId, system);
        runtime.Code = new EngineCode(sets, runtime.Outbox.Tell);
        var register = new RegisterEngine(handOver.EngineId, generation, handOver.Workers, null)
        {
            Facts = new EngineFacts(
                Environment.ProcessId, ProcessIdentity.StartTime(Environment.ProcessId) ?? 0, MachineIdentity.HostName, MachineIdentity.Machine, ClusterShared.Version,
                [.. handOver.Tags], [.. handOver.Resources.Select(r => (r.Key, r.Value))]),
        };
        // Not on the actor's thread: the process's end waits for its actor system.
        var life = new EngineLife(OutlivesController: true, handOver.ControllerTimeout, (why, code) =>
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    console.WriteLine(why);
                    Environment.Exit(code);
                },
                null));
        var path = $"{route.Address}/user/{ClusterControllerActor.Name}";
        system.ActorOf(Props.Create(() => new EngineActor(runtime, path, register, life)).WithDispatcher(ProcessExecutor.ControllerDispatcher), "engine");
        system.WhenTerminated.Wait();
    }

    static CodeStore OpenStore(string folder)
    {
        try
        {
            return new CodeStore(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterConnectionException(
                $"The engine can't keep clients' assemblies in {folder} ({e.Message}): set {Profile.HomeVariable} to a folder it may write to, or allow-code-shipping = off.", null, e);
        }
    }

    /// <summary>Where clients' assemblies are kept: with the cluster on its own machine, elsewhere in the user's profile home.</summary>
    static string CodeFolder(string? cluster) =>
        cluster is not null ? Path.Combine(cluster, "code") : Path.Combine(Path.GetDirectoryName(Profile.Root())!, "cache", "code");
}
