using System.Globalization;
using ActorParallel.Controllers;
using ActorParallel.Payloads;
using ActorParallel.Pools;
using ActorParallel.Processes;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Engines;

/// <summary>The entry point of an engine's process.</summary>
internal static class EngineProcess
{
    public const string Role = "engine";

    /// <summary>The actor system of this process, when it is an engine's.</summary>
    public static ActorSystem? System { get; private set; }

    /// <summary>Runs until the controller stops it or is gone.</summary>
    public static int Run(int parentId)
    {
        var link = ParentLink.Open(parentId);
        _ = ParentLink.IgnoreInterrupt();
        var handOver = EngineHandOver.Read(link.Receive());
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(handOver.Culture);
        ConsoleCapture.Install(handOver.ForwardOutput);
        link.Watch();
        var initializerError = RunInitializer(handOver.Initializer);
        var system = System = StartSystem(handOver);
        var settings = new EngineSettings(
            handOver.Generation, handOver.Workers, handOver.Folder, handOver.Controller, handOver.GraceTicks, handOver.MaxOutput, handOver.InlineLimit, handOver.MaxTasks);
        var runtime = new EngineRuntime(settings, handOver.EngineId, system);
        var register = new RegisterEngine(handOver.EngineId, handOver.Generation, handOver.Workers, initializerError);
        var path = $"{PoolTransport.Address(handOver.Transport, PoolTransport.ControllerSystem, handOver.ParentPort)}/user/{handOver.Controller}";
        var controller = new FixedController(system, path);
        // The parent's end is this process's end: nothing outlives it.
        var life = new EngineLife(OutlivesController: false, Timeout.InfiniteTimeSpan, static (_, code) => Environment.Exit(code));
        system.ActorOf(Props.Create(() => new EngineActor(runtime, controller, register, life)).WithDispatcher(ProcessExecutor.ControllerDispatcher), "engine");
        system.WhenTerminated.Wait();
        return 0;
    }

    static ActorSystem StartSystem(EngineHandOver handOver)
    {
        var config = PoolTransport.Settings(handOver.Transport, handOver.Folder, handOver.Port).WithFallback(OwnActorSystem.Quiet).WithFallback(PoolConfig.Reference);
        return PoolTransport.Start(PoolTransport.EngineSystem, config, handOver.Certificate.Length == 0 ? null : EphemeralCertificate.Import(handOver.Certificate));
    }

    static byte[]? RunInitializer(byte[] initializer)
    {
        if (initializer.Length == 0) return null;
        try
        {
            var reader = new PayloadReader(initializer);
            reader.Read<Action>()();
            return null;
        }
#pragma warning disable CA1031 // It is told to the pool, which counts its tries.
        catch (Exception e)
        {
            using var writer = PayloadWriter.Rent();
            writer.Write(e);
            return writer.ToArray();
        }
#pragma warning restore CA1031
    }
}
