using ActorParallel.Controllers;
using Akka.Actor;

namespace ActorParallel.Clients;

/// <summary>
/// Finds the active controller among several processes that can be it: whoever looks asks all of them, and the answers tell of others that
/// can be asked. Those that are down do not answer; as long as one does, the active one is found.
/// </summary>
internal sealed class ContactLocator : IControllerLocator
{
    /// <summary>The actor that answers, in each process that can be the controller.</summary>
    public const string Name = "contact";

    /// <summary>So many are remembered beside those that were given.</summary>
    const int MostLearned = 32;

    readonly ActorSystem _system;
    readonly IActorRef _asker;
    volatile string? _path;

    public ContactLocator(ActorSystem system, IReadOnlyList<string> contacts)
    {
        _system = system;
        _asker = system.ActorOf(Props.Create(() => new Asker(this, contacts)), "locator");
    }

    public ActorSelection? Find()
    {
        // What is known may be of yesterday: the next look has what is told now.
        _asker.Tell(Look.Instance, ActorRefs.NoSender);
        return _path is { } path ? _system.ActorSelection(path) : null;
    }

    sealed class Asker(ContactLocator locator, IReadOnlyList<string> given) : UntypedActor
    {
        readonly HashSet<string> _learned = [];

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Look:
                    foreach (var contact in given.Concat(_learned))
                        Context.ActorSelection(ClusterNames.PathOf(contact, Name)).Tell(WhereIsController.Instance, Self);
                    break;
                case ControllerIsAt answer:
                    foreach (var contact in answer.Contacts)
                        if (_learned.Count < MostLearned && !given.Contains(contact) && ClusterNames.IsContact(contact)) _learned.Add(contact);
                    if (answer.Path.Length > 0 && ActorPath.TryParse(answer.Path, out _)) locator._path = answer.Path;
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }
    }

    sealed record Look
    {
        public static readonly Look Instance = new();
    }
}
