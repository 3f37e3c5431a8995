using System.Collections.Concurrent;
using System.Globalization;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace ActorParallel.TestKit;

/// <summary>The mailbox of every actor of an in-process cluster: what comes from another party passes its faults first.</summary>
internal sealed class FaultMailbox(Akka.Actor.Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<FaultMailbox.Queue>
{
    static readonly ConcurrentDictionary<int, ClusterHost> s_hosts = new();

    readonly ClusterHost? _host = s_hosts.GetValueOrDefault(config.GetInt("host", -1));

    /// <summary>For the actor system of that host.</summary>
    public static Config For(ClusterHost host)
    {
        s_hosts[host.Number] = host;
        return ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture,
            $$"""akka.actor.default-mailbox { mailbox-type = "{{typeof(FaultMailbox).AssemblyQualifiedName}}", host = {{host.Number}} }"""));
    }

    public static void Forget(ClusterHost host) => s_hosts.TryRemove(host.Number, out _);

    public override IMessageQueue Create(IActorRef owner, ActorSystem system)
    {
        _host?.System ??= system;
        return new Queue(_host);
    }

    internal sealed class Queue(ClusterHost? host) : IMessageQueue, IUnboundedMessageQueueSemantics
    {
        [ThreadStatic]
        static bool t_passing;

        readonly UnboundedMessageQueue _inner = new();

        public bool HasMessages => _inner.HasMessages;

        public int Count => _inner.Count;

        public void Enqueue(IActorRef receiver, Envelope envelope)
        {
            if (host is null || t_passing || envelope.Message is not IWireMessage || host.Takes(envelope, () => Pass(receiver, envelope)))
                _inner.Enqueue(receiver, envelope);
        }

        public bool TryDequeue(out Envelope envelope) => _inner.TryDequeue(out envelope);

        public void CleanUp(IActorRef owner, IMessageQueue deadletters) => _inner.CleanUp(owner, deadletters);

        /// <summary>Later, and without being looked at again.</summary>
        static void Pass(IActorRef receiver, Envelope envelope)
        {
            t_passing = true;
            try
            {
                receiver.Tell(envelope.Message, envelope.Sender);
            }
            finally
            {
                t_passing = false;
            }
        }
    }
}
