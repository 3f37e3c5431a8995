using ActorParallel.Payloads;
using ActorParallel.Transport;

namespace ActorParallel.Controllers;

/// <summary>What a client tells its controller. The numbers are part of the wire contract.</summary>
internal enum ClientEntry : byte
{
    /// <summary>A function that tasks call.</summary>
    Define = 1,

    /// <summary>Options that tasks have.</summary>
    Options = 2,

    /// <summary>A task for whichever engine is free.</summary>
    Submit = 3,

    /// <summary>A task for each of some engines.</summary>
    Direct = 4,

    /// <summary>Stop a task.</summary>
    Cancel = 5,

    /// <summary>A large value has been read.</summary>
    ReleaseValue = 6,

    /// <summary>A question; see <see cref="ClientRequest"/>.</summary>
    Request = 7,

    /// <summary>The answer to an engine that lacks code.</summary>
    Code = 8,

    /// <summary>The client goes; its tasks go on.</summary>
    Bye = 9,

    /// <summary>A nanny tells that an engine's process has ended.</summary>
    EngineExited = 10,

    /// <summary>A nanny's answer to a command.</summary>
    CommandDone = 11,

    /// <summary>The trace of the task that comes next.</summary>
    Trace = 12,
}

/// <summary>What a client asks. The numbers are part of the wire contract.</summary>
internal enum ClientRequest : byte
{
    /// <summary>How a task ended, now or when it has: its number.</summary>
    Result = 1,

    /// <summary>Run a task of the past again: its number.</summary>
    Resubmit = 2,

    QueueStatus = 3,

    /// <summary>Why a task is where it is: its number.</summary>
    Explain = 4,

    /// <summary>Cancel what has not begun of this client's tasks: their numbers, or none for all.</summary>
    Abort = 5,

    /// <summary>Forget the past: how many tasks were.</summary>
    Purge = 6,

    History = 7,

    /// <summary>For the nanny: see <see cref="NannyCommand"/>.</summary>
    Command = 8,

    /// <summary>From the nanny: an engine is to go; the answer is that it runs nothing any more: its id.</summary>
    Drain = 9,
}

/// <summary>What a nanny is asked to do. The numbers are part of the wire contract.</summary>
internal enum NannyCommand : byte
{
    /// <summary>How many engines there should be.</summary>
    Scale = 1,

    /// <summary>Keep between so many and so many, as there is work.</summary>
    Adapt = 2,

    /// <summary>End an engine and start it again: its number.</summary>
    Restart = 3,

    /// <summary>Send engines a signal: its number, theirs.</summary>
    Signal = 4,

    /// <summary>End some engines and start no others in their place: their numbers.</summary>
    Remove = 5,

    /// <summary>End the cluster.</summary>
    Stop = 6,

    /// <summary>Engines more.</summary>
    Add = 7,

    /// <summary>An engine does not answer, or runs what can't be stopped: end its process: its number and that. From the controller itself.</summary>
    Kill = 8,
}

/// <summary>What a controller tells a client. The numbers are part of the wire contract.</summary>
internal enum ReplyEntry : byte
{
    /// <summary>A task ended with what its engine said.</summary>
    Ended = 1,

    /// <summary>A task ended, and no engine said how.</summary>
    EndedWithout = 2,

    /// <summary>A task is in another state.</summary>
    Moved = 3,

    Progressed = 4,

    /// <summary>An engine came, or came back.</summary>
    EngineJoined = 5,

    /// <summary>An engine is gone.</summary>
    EngineLeft = 6,

    /// <summary>The answer to a request.</summary>
    Answer = 7,

    /// <summary>An engine lacks an assembly; see <see cref="Functions.CodeQuestion"/>.</summary>
    NeedCode = 8,

    /// <summary>For a nanny; see <see cref="NannyCommand"/>.</summary>
    Command = 9,

    /// <summary>What a task that is watched wrote to the console.</summary>
    Wrote = 10,

    /// <summary>A task's run is over and there will be another: its state now, why, the run's engine and number, and how long it took.</summary>
    Requeued = 11,
}

/// <summary>A program connects, or is back. Repeated until it is welcomed.</summary>
/// <param name="Number">Its number, chosen at random; kept as long as it lives.</param>
/// <param name="Nonce">Tells it from another that chose the same number.</param>
/// <param name="Session">The controller it last knew; 0: none.</param>
/// <param name="Seen">The highest number of that controller's batches that it has.</param>
/// <param name="IsNanny">It starts and ends engines, and takes commands.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Host">The name of its machine.</param>
/// <param name="Machine">Tells its machine from all others.</param>
/// <param name="Version">Of ActorParallel: the build's id.</param>
internal sealed record ConnectClient(
    int Number, long Nonce, long Session, long Seen, bool IsNanny, int ProcessId, string Host, string Machine, string Version) : IWireMessage
{
    public void Write(PayloadWriter writer)
    {
        writer.WriteInt32(Number);
        writer.WriteInt64(Nonce);
        writer.WriteInt64(Session);
        writer.WriteInt64(Seen);
        writer.WriteBool(IsNanny);
        writer.WriteInt32(ProcessId);
        writer.WriteString(Host);
        writer.WriteString(Machine);
        writer.WriteString(Version);
    }

    public static ConnectClient Read(ref PayloadReader reader) => new(
        reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadBool(),
        reader.ReadInt32(), reader.ReadString() ?? "", reader.ReadString() ?? "", reader.ReadString() ?? "");
}

/// <summary>The controller has the client.</summary>
/// <param name="Session">Of this controller: one that is started anew has another.</param>
/// <param name="Seen">The highest number of this client's batches that the controller has.</param>
/// <param name="SharesFolder">Large values can go through the cluster's folder.</param>
internal sealed record ClientWelcome(long Session, long Seen, bool SharesFolder) : IWireMessage;

/// <summary>The client can't be taken.</summary>
/// <param name="Why">A sentence.</param>
/// <param name="NumberTaken">It may try again with another number.</param>
internal sealed record RefuseClient(string Why, bool NumberTaken) : IWireMessage;
