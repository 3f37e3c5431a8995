using System.Security.Cryptography;
using ActorParallel.Controllers;
using ActorParallel.Functions;
using ActorParallel.Launching;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Results;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>Makes the engine of a cluster in an actor system.</summary>
internal static class ClusterEngineActor
{
    /// <summary>Starts it.</summary>
    /// <param name="system">Where it lives.</param>
    /// <param name="spec">What it is to be; where its controller is, is not read from it.</param>
    /// <param name="folder">The folder it shares with its controller; null when it is elsewhere.</param>
    /// <param name="controller">Where its controller is.</param>
    /// <param name="life">How it hangs on its controller.</param>
    public static IActorRef Start(ActorSystem system, EngineSpec spec, string? folder, IControllerLocator controller, EngineLife life)
    {
        var defaults = new ControllerSettings();
        var generation = RandomNumberGenerator.GetInt32(1, int.MaxValue);
        var settings = new EngineSettings(
            generation, spec.Workers, folder, "", spec.CancelGracePeriod.Ticks, defaults.MaxOutput,
            // What can't go through shared memory goes in the message, however large.
            folder is null ? int.MaxValue : defaults.InlineLimit, MaxTasks: 0)
        {
            Linger = ShortWait.Beyond,
        };
        var sets = new CodeSets(spec.AllowCodeShipping ? OpenStore(CodeFolder(folder)) : null);
        var runtime = new EngineRuntime(settings, spec.EngineId, system);
        runtime.Code = new EngineCode(sets, runtime.Outbox.Tell);
        var register = new RegisterEngine(spec.EngineId, generation, spec.Workers, null)
        {
            Facts = new EngineFacts(
                Environment.ProcessId, ProcessIdentity.StartTime(Environment.ProcessId) ?? 0, MachineIdentity.HostName, MachineIdentity.Machine, ClusterShared.Version,
                [.. spec.Tags], [.. spec.Resources.Select(r => (r.Key, r.Value))]),
        };
        return system.ActorOf(Props.Create(() => new EngineActor(runtime, controller, register, life)).WithDispatcher(ProcessExecutor.ControllerDispatcher), "engine");
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
