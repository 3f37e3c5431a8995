using System.Diagnostics;
using System.Security.Cryptography;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Profiles;
using ActorParallel.Results;
using ActorParallel.Telemetry;
using ActorParallel.Transport;
using Akka.Actor;
using Akka.Remote;

namespace ActorParallel.Clients;

/// <summary>
/// A program's end of its connection to a controller: sends what was submitted, ends results with what comes. It holds each submission until
/// its result is there; a cut connection loses nothing, and a controller that was started anew gets again what has not ended.
/// This file connects and sends, <c>.Results</c> ends results, <c>.Code</c> answers engines that lack code.
/// </summary>
internal sealed partial class ClientActor : UntypedActor, IWithTimers
{
    /// <summary>So many submissions are taken in one turn: results come in between.</summary>
    const int TurnSubmissions = 4096;

    static readonly TimeSpan s_connectAgain = TimeSpan.FromMilliseconds(500);

    readonly ClientShared _shared;
    readonly IControllerLocator _controller;
    readonly bool _isNanny;
    readonly Action<NannyCommand, int[], Action<string?>>? _onCommand;
    readonly TaskCompletionSource _connected;
    readonly string? _folder;
    readonly long _nonce = RandomNumberGenerator.GetInt32(int.MaxValue) + ((long)RandomNumberGenerator.GetInt32(int.MaxValue) << 31);
    readonly Link _link = new();
    readonly Dictionary<long, (Submission? Submission, ITaskItem Item)> _outstanding = [];
    readonly Dictionary<long, PendingRequest> _requests = [];
    readonly HashSet<int> _defined = [];
    readonly Dictionary<ClusterOptions, int> _options = new(ReferenceEqualityComparer.Instance);
    long _heard;
    long _session;
    bool _everConnected;
    bool _isOver;

    public ClientActor(ClientShared shared, IControllerLocator controller, string? folder, TaskCompletionSource connected, Action<NannyCommand, int[], Action<string?>>? onCommand)
    {
        _shared = shared;
        _folder = folder;
        _connected = connected;
        _onCommand = onCommand;
        _isNanny = onCommand is not null;
        _controller = controller;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer(nameof(BeatDue), BeatDue.Instance, EngineLife.BeatEvery);
        Connect();
    }

    void Connect() => Timers.StartPeriodicTimer(nameof(ConnectAgain), ConnectAgain.Instance, TimeSpan.Zero, s_connectAgain);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LinkBatch or LinkPart or LinkBeat or LinkGap when !Sender.Equals(_link.Peer):
                // Of a controller that this client has left for another.
                break;
            case LinkBatch or LinkPart:
                _heard = Stopwatch.GetTimestamp();
                TakeOrEnd(message);
                break;
            case LinkBeat beat:
                _heard = Stopwatch.GetTimestamp();
                _link.Heard(beat);
                break;
            case LinkGap gap:
                _link.Resend(gap);
                break;
            case SubmissionsWaiting:
                TakeSubmissions();
                break;
            case CancelRequest cancel:
                if (_outstanding.ContainsKey(cancel.Sequence)) Write(ClientEntry.Cancel, cancel.Sequence);
                break;
            case LoadRequest load:
                load.Reply(ExecutorLoad.Of(_outstanding.Values.Select(static task => task.Item.Result), _shared.Workers, _shared.Engines.Count));
                break;
            case CancelAll:
                foreach (var (_, item) in _outstanding.Values.ToArray()) item.Result.Cancel();
                break;
            case PendingRequest request:
                Ask(request);
                break;
            case Written written:
                Write(written.Write);
                break;
            case ConnectAgain:
                _controller.Find()?.Tell(new ConnectClient(
                    _shared.Number, _nonce, _session, _link.Seen, _isNanny, Environment.ProcessId, MachineIdentity.HostName, MachineIdentity.Machine, ClusterShared.Version), Self);
                break;
            case ClientWelcome welcome:
                BeWelcome(welcome);
                break;
            case RefuseClient { NumberTaken: true } when !_everConnected:
                _shared.Number = RandomNumberGenerator.GetInt32(1, TaskIds.Clients);
                break;
            case RefuseClient refused:
                EndConnection(new ClusterConnectionException(refused.Why));
                break;
            case BeatDue:
                _link.Beat();
                if (_link.IsOpen && Stopwatch.GetElapsedTime(_heard) > EngineLife.Silence) GoBack();
                break;
            case DisassociatedEvent cut:
                if (cut.RemoteAddress == _link.Peer.Path.Address) GoBack();
                break;
            case Goodbye goodbye:
                Write(w => w.WriteByte((byte)ClientEntry.Bye));
                // Results do not wait for the actor system's end.
                End(Disposed());
                goodbye.Said.TrySetResult();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>A batch that can't be read was half obeyed: nothing that comes after it can be trusted.</summary>
    void TakeOrEnd(object message)
    {
        if (_isOver) return;
        try
        {
            if ((message is LinkPart part ? _link.Join(part) : (LinkBatch)message) is { } batch && _link.Take(batch)) Take(batch.Bytes);
        }
#pragma warning disable CA1031 // Whatever it is, what was sent caused it.
        catch (Exception e)
        {
            // A cluster does not end because its owner can't be told.
            if (!_isNanny) Write(static w => w.WriteByte((byte)ClientEntry.Bye));
            EndConnection(new ClusterConnectionException($"The controller sent what this client can't read, and the connection has ended: {e.Message} Connect again, with the same version of ActorParallel on both sides.", null, e));
        }
#pragma warning restore CA1031
    }

    void EndConnection(ClusterConnectionException why)
    {
        _isOver = true;
        Timers.Cancel(nameof(ConnectAgain));
        End(why);
        _link.Dispose();
    }

    void BeWelcome(ClientWelcome welcome)
    {
        if (_isOver) return;
        _heard = Stopwatch.GetTimestamp();
        if (!Timers.IsTimerActive(nameof(ConnectAgain))) return;
        Timers.Cancel(nameof(ConnectAgain));
        var startedAnew = _session != 0 && _session != welcome.Session;
        _session = welcome.Session;
        if (!_everConnected && welcome.SharesFolder && _folder is not null) _shared.ShareFolder(_folder);
        _everConnected = true;
        if (startedAnew) SubmitAgain();
        _link.Open(Sender, Self, welcome.Seen);
        _link.Beat();
        _connected.TrySetResult();
    }

    /// <summary>The controller is a new one and knows nothing: it gets all that has not ended.</summary>
    void SubmitAgain()
    {
        _link.Reset();
        _defined.Clear();
        _options.Clear();
        _shared.SetEngines(_shared.Engines.Clear(), null);
        foreach (var submission in _outstanding.OrderBy(o => o.Key).Select(o => o.Value.Submission).Distinct().ToArray())
            if (submission is not null && DependenciesStand(submission)) Write(submission, again: true);
        foreach (var lost in _outstanding.Where(o => o.Value.Submission is null).ToArray())
            Lost(lost.Key, lost.Value.Item);
        foreach (var request in _requests.Values) Write(request);
    }

    /// <summary>What was run again by the former controller, from its memory, is gone with it.</summary>
    void Lost(long sequence, ITaskItem item)
    {
        _outstanding.Remove(sequence);
        item.Result.TryEnd(TaskState.Lost, new EngineLostException($"Task {item.Result.Id} was lost with the controller that ran it again: submit it anew."));
    }

    void GoBack()
    {
        if (_isOver || Timers.IsTimerActive(nameof(ConnectAgain))) return;
        _link.Close();
        Connect();
    }

    void TakeSubmissions()
    {
        _shared.Submissions.Awake();
        var taken = 0;
        while (taken++ < TurnSubmissions && _shared.Submissions.TryDequeue(out var submission))
        {
            if (submission.One is { } one)
            {
                if (one.Result.ControlIfAny is { CancelRequested: true })
                {
                    GiveBack(submission);
                    one.Result.Control.Step = CancellationStep.BeforeStart;
                    one.Result.TryEnd(TaskState.Cancelled, new OperationCanceledException($"Task {one.Result.Id} was cancelled."));
                    continue;
                }
                _outstanding[one.Result.Sequence] = (submission, one);
            }
            if (!DependenciesStand(submission)) continue;
            foreach (var item in submission.Items) _outstanding[item.Result.Sequence] = (submission, item);
            Write(submission, again: false);
        }
        _link.Flush();
        if (!_shared.Submissions.IsEmpty) _shared.Submissions.Wake();
    }

    /// <summary>
    /// The controller forgets a task once this client has its end, so what comes after it may name only what has not ended. False: the
    /// dependencies are looked at again, and the submission comes back without those.
    /// </summary>
    bool DependenciesStand(Submission submission)
    {
        if (submission.Dependencies is not { } dependencies || dependencies.Groups.All(g => g.TaskIds.All(IsOutstanding))) return true;
        _outstanding.Remove(submission.One!.Result.Sequence);
        _shared.ResolveAgain(submission, IsOutstanding);
        return false;
    }

    bool IsOutstanding(long taskId) => _outstanding.ContainsKey(TaskIds.Sequence(taskId));

    void Write(Submission submission, bool again)
    {
        lock (_link.Gate)
        {
            var writer = _link.Writer;
            if (_defined.Add(submission.Function.Id))
            {
                writer.WriteByte((byte)ClientEntry.Define);
                writer.WriteInt32(submission.Function.Id);
                writer.WriteString(submission.Function.Definition.DisplayName);
                writer.WriteFixed(submission.Function.Program);
                writer.WriteBytes(submission.Function.Bytes);
            }
            if (!_options.TryGetValue(submission.Options, out var options))
            {
                _options[submission.Options] = options = _options.Count + 1;
                writer.WriteByte((byte)ClientEntry.Options);
                writer.WriteInt32(options);
                submission.Options.Write(writer);
            }
            submission.Write(writer, options, again);
            _link.Written();
        }
    }

    void Write(Action<PayloadWriter> write) => _link.Tell(write);

    void Write(ClientEntry kind, long number) => Write(w =>
    {
        w.WriteByte((byte)kind);
        w.WriteInt64(number);
    });

    void Ask(PendingRequest request)
    {
        if (_shared.Fault is { } fault)
        {
            request.Fail(fault);
            return;
        }
        _requests[request.Number] = request;
        if (request is ResultRequest { Kind: ClientRequest.Resubmit } again) _outstanding[again.Item.Result.Sequence] = (null, again.Item);
        Write(request);
    }

    void Write(PendingRequest request) => Write(w =>
    {
        w.WriteByte((byte)ClientEntry.Request);
        w.WriteInt64(request.Number);
        w.WriteByte((byte)request.Kind);
        request.Write(w);
    });

    void GiveBack(Submission submission)
    {
        if (submission.Segment is { } segment) _shared.Store!.Return(segment);
    }

    /// <summary>Nothing will come any more.</summary>
    void End(Exception why)
    {
        _shared.End(why);
        _connected.TrySetException(why);
        foreach (var (_, item) in _outstanding.Values) ClientShared.EndOne(item.Result, why);
        _outstanding.Clear();
        foreach (var request in _requests.Values) request.Fail(why);
        _requests.Clear();
    }

    protected override void PostStop()
    {
        End(Disposed());
        _link.Dispose();
    }

    static ObjectDisposedException Disposed() =>
        new(nameof(ParallelClient), "the client was disposed; what the cluster has of its tasks goes on there.");

    /// <summary>The queue has submissions.</summary>
    internal sealed record SubmissionsWaiting
    {
        public static readonly SubmissionsWaiting Instance = new();
    }

    internal sealed record CancelRequest(long Sequence);

    /// <summary>Cancel what has not ended.</summary>
    internal sealed record CancelAll
    {
        public static readonly CancelAll Instance = new();
    }

    /// <summary>Something to send that has no answer.</summary>
    internal sealed record Written(Action<PayloadWriter> Write);

    /// <summary>The client goes.</summary>
    internal sealed record Goodbye(TaskCompletionSource Said);

    sealed record ConnectAgain
    {
        public static readonly ConnectAgain Instance = new();
    }

    sealed record BeatDue
    {
        public static readonly BeatDue Instance = new();
    }
}
