using Akka.Actor;
using Akka.Configuration;
using Akka.Routing;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>What one writes without a library: a router pool of actors on a fork-join dispatcher, asked.</summary>
internal sealed class AkkaRouter : IDisposable
{
    readonly ActorSystem _system;
    readonly IActorRef _router;

    public AkkaRouter(int workers)
    {
        _system = ActorSystem.Create("peer", ConfigurationFactory.ParseString($$"""
            akka.loglevel = WARNING
            work { type = ForkJoinDispatcher, throughput = 100, dedicated-thread-pool { thread-count = {{workers}}, threadtype = background } }
            """));
        _router = _system.ActorOf(Props.Create(() => new WorkerActor()).WithDispatcher("work").WithRouter(new RoundRobinPool(workers)));
    }

    public Task<T> Ask<TArgument, T>(Func<TArgument, T> function, TArgument argument) => _router.Ask<T>(new Call<TArgument, T>(function, argument));

    public void Dispose() => _system.Terminate().GetAwaiter().GetResult();

    abstract class Call
    {
        public abstract object? Run();
    }

    sealed class Call<TArgument, T>(Func<TArgument, T> function, TArgument argument) : Call
    {
        public override object? Run() => function(argument);
    }

    sealed class WorkerActor : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(((Call)message).Run());
    }
}
