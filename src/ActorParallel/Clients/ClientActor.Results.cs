using System.Reflection;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Scheduling;
using ActorParallel.Telemetry;
using ActorParallel.Transport;

namespace ActorParallel.Clients;

internal sealed partial class ClientActor
{
    void Take(byte[] batch)
    {
        var reader = new PayloadReader(batch);
        reader.ReadRaw(Link.HeaderBytes);
        while (reader.Remaining > 0)
        {
            switch ((ReplyEntry)reader.ReadByte())
            {
                case ReplyEntry.Ended:
                    Ended(reader.ReadInt64(), ref reader, batch);
                    break;
                case ReplyEntry.EndedWithout:
                    EndedWithout(reader.ReadInt64(), ref reader);
                    break;
                case ReplyEntry.Moved:
                    if (_outstanding.TryGetValue(reader.ReadInt64(), out var moved)) moved.Item.Result.MoveTo((TaskState)reader.ReadByte());
                    else reader.ReadByte();
                    break;
                case ReplyEntry.Requeued:
                    RunsAgain(ref reader);
                    break;
                case ReplyEntry.Progressed:
                    var sequence = reader.ReadInt64();
                    var fraction = reader.ReadFixed<double>();
                    if (_outstanding.TryGetValue(sequence, out var task)) task.Item.Result.Control.Reported = fraction;
                    break;
                case ReplyEntry.Wrote:
                    var writer = reader.ReadInt64();
                    var text = reader.ReadString() ?? "";
                    if (_outstanding.TryGetValue(writer, out var watched)) watched.Item.Result.Control.Wrote(text);
                    break;
                case ReplyEntry.EngineJoined:
                    Joined(ref reader);
                    break;
                case ReplyEntry.EngineLeft:
                    Left(reader.ReadInt32(), reader.ReadString() ?? "");
                    break;
                case ReplyEntry.Answer:
                    Answered(ref reader, batch);
                    break;
                case ReplyEntry.NeedCode:
                    NeedCode(ref reader);
                    break;
                case ReplyEntry.Command:
                    Commanded(ref reader);
                    break;
                case var unknown:
                    throw new InvalidDataException($"The controller sent an entry of kind {(byte)unknown}, which this client does not know: run both on the same version.");
            }
        }
    }

    ITaskItem? Remove(long sequence) => Remove(sequence, out _);

    /// <param name="sequence">The task's number.</param>
    /// <param name="home">Where the types of its value are, when not among the process's own.</param>
    ITaskItem? Remove(long sequence, out Assembly? home)
    {
        home = null;
        if (!_outstanding.Remove(sequence, out var task)) return null;
        if (task.Submission is { } submission)
        {
            home = submission.Function.Home;
            if (submission.EndOne()) GiveBack(submission);
        }
        return task.Item;
    }

    void RunsAgain(ref PayloadReader reader)
    {
        var sequence = reader.ReadInt64();
        var state = (TaskState)reader.ReadByte();
        var isLost = reader.ReadBool();
        var (engine, run, ticks) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64());
        if (!_outstanding.TryGetValue(sequence, out var outstanding)) return;
        var result = outstanding.Item.Result;
        (result.EngineId, result.Attempt) = (engine, run);
        result.MoveTo(state);
        if (result.IsObserved)
            result.ControlIfAny?.Trace?.Retry(result, isLost ? TaskTags.EngineLost : TaskTags.Failed, Clock.ToTimestampTicks(TimeSpan.FromTicks(ticks)));
    }

    void Ended(long sequence, ref PayloadReader reader, byte[] batch)
    {
        var ended = EndedTask.Read(ref reader, batch);
        if (Remove(sequence, out var home) is { } item) Deliver(item, ended, home);
        else Release(ended);
    }

    void Deliver(ITaskItem item, EndedTask ended, Assembly? home)
    {
        var result = item.Result;
        if (!result.TryClaimEnd())
        {
            Release(ended);
            return;
        }
        result.EngineId = ended.EngineId;
        result.Attempt = ended.Runs;
        if (ended.Losses > 0) result.Control.EngineLosses = ended.Losses;
        if (ended.EarlierTicks > 0) result.Control.EarlierRunTicks = Clock.ToTimestampTicks(TimeSpan.FromTicks(ended.EarlierTicks));
        TaskEnds.Ran(result, ended.StartedUtc, ended.RunTicks, ended.WorkerId, ended.Output);
        if (ended.State is TaskState.Cancelled or TaskState.TimedOut)
        {
            TaskEnds.SetStep(result, ended.State, started: ended.StartedUtc != 0, forced: false);
            result.DeliverError(ended.State, ended.State == TaskState.Cancelled ? new OperationCanceledException($"Task {result.Id} was cancelled.")
                // It may have waited on its engine.
                : ended.StartedUtc == 0 ? TaskEnds.TimedOutWaiting(result)
                : TaskEnds.TimedOutRunning(result));
            Release(ended);
            return;
        }
        if (ended.Place.SegmentName is null) TaskEnds.Deliver(item, ended.State, ended.Place.Bytes, home);
        else DeliverLarge(item, ended, home);
    }

    void DeliverLarge(ITaskItem item, EndedTask ended, Assembly? home)
    {
        var self = Self;
        TaskEnds.DeliverLarge(item, ended.State, ended.Place, _shared.Segments!, () => self.Tell(new Written(w => WriteRelease(w, ended)), Akka.Actor.ActorRefs.NoSender), home);
    }

    void Release(EndedTask ended)
    {
        if (ended.Place.SegmentName is not null) Write(w => WriteRelease(w, ended));
    }

    static void WriteRelease(PayloadWriter writer, EndedTask ended)
    {
        writer.WriteByte((byte)ClientEntry.ReleaseValue);
        writer.WriteInt32(ended.Generation);
        writer.WriteInt32(ended.Place.SegmentId);
    }

    void EndedWithout(long sequence, ref PayloadReader reader)
    {
        var ended = EndedWithoutValue.Read(ref reader);
        if (Remove(sequence) is { } item) Deliver(item, ended);
    }

    static void Deliver(ITaskItem item, EndedWithoutValue ended)
    {
        var result = item.Result;
        if (!result.TryClaimEnd()) return;
        if (ended.EngineId >= 0) result.EngineId = ended.EngineId;
        if (ended.Losses > 0) result.Control.EngineLosses = ended.Losses;
        var forced = ended.State is TaskState.Cancelled or TaskState.TimedOut && ended.Text.Length > 0;
        TaskEnds.SetStep(result, ended.State, started: forced, forced);
        result.DeliverError(ended.State, ended.ErrorFor(result));
    }

    void Joined(ref PayloadReader reader)
    {
        var id = reader.ReadInt32();
        reader.ReadInt32();
        var workers = reader.ReadInt32();
        var facts = EngineFacts.Read(ref reader);
        var engine = new EngineInfo(id, facts.Host, facts.ProcessId, workers, facts.Tags, facts.Resources.ToDictionary(r => r.Name, r => r.Amount));
        _shared.SetEngines(_shared.Engines.SetItem(id, engine), new EnginesChange(engine, true, ""));
    }

    void Left(int id, string why)
    {
        if (!_shared.Engines.TryGetValue(id, out var engine)) return;
        _shared.SetEngines(_shared.Engines.Remove(id), new EnginesChange(engine, false, why));
    }

    void Answered(ref PayloadReader reader, byte[] batch)
    {
        var number = reader.ReadInt64();
        var kind = (AnswerKind)reader.ReadByte();
        _requests.Remove(number, out var request);
        switch (kind)
        {
            case AnswerKind.Ended:
                var ended = EndedTask.Read(ref reader, batch);
                if (request is ResultRequest wanted) Deliver(wanted.Item, ended, null);
                break;
            case AnswerKind.EndedWithout:
                var without = EndedWithoutValue.Read(ref reader);
                if (request is ResultRequest asked) Deliver(asked.Item, without);
                break;
            case AnswerKind.Refused:
                var why = reader.ReadString() ?? "";
                if (request is ResultRequest { Kind: ClientRequest.Resubmit } again) _outstanding.Remove(again.Item.Result.Sequence);
                request?.Fail(request is ResultRequest ? new KeyNotFoundException(why) : new InvalidOperationException(why));
                break;
            default:
                // Its bytes are its own: they must be read even if nobody waits any more.
                var bytes = new PayloadReader(reader.ReadBytes());
                request?.Answer(ref bytes);
                break;
        }
    }

    void Commanded(ref PayloadReader reader)
    {
        var id = reader.ReadInt64();
        var command = (NannyCommand)reader.ReadByte();
        var numbers = new List<int>();
        for (var left = reader.ReadInt32(); left > 0; left--) numbers.Add(reader.ReadInt32());
        var self = Self;
        _onCommand?.Invoke(command, [.. numbers], error =>
        {
            if (id == 0) return;
            self.Tell(new Written(w =>
            {
                w.WriteByte((byte)ClientEntry.CommandDone);
                w.WriteInt64(id);
                w.WriteString(error);
            }), Akka.Actor.ActorRefs.NoSender);
        });
    }
}

/// <summary>What came of a task that an engine ended.</summary>
internal readonly record struct EndedTask(
    TaskState State, int EngineId, int Generation, int Runs, int Losses, long EarlierTicks, long StartedUtc, long RunTicks, int WorkerId, string Output, PayloadPlace Place)
{
    public static EndedTask Read(ref PayloadReader reader, byte[] batch) => new(
        (TaskState)reader.ReadByte(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64(),
        reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadString() ?? "", TaskWire.ReadPlace(ref reader, batch));
}

/// <summary>What came of a task that no engine ended.</summary>
internal readonly record struct EndedWithoutValue(TaskState State, Reason Reason, int EngineId, int Losses, string Text, long Code, long Peak, long Culprit)
{
    public static EndedWithoutValue Read(ref PayloadReader reader) => new(
        (TaskState)reader.ReadByte(), (Reason)reader.ReadByte(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadString() ?? "",
        reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());

    public Exception ErrorFor(AsyncResult result)
    {
        var task = $"Task {result.Id}{TaskEnds.Named(result)}";
        var other = Culprit < 0 ? "" : TaskIds.Name(Culprit, "");
        return (State, Reason) switch
        {
            (TaskState.Cancelled, _) => new OperationCanceledException($"{task} was cancelled{(Text.Length > 0 ? $": {Text}" : "")}."),
            (TaskState.TimedOut, Reason.QueueTimeout) => TaskEnds.TimedOutWaiting(result),
            (TaskState.TimedOut, _) => TaskEnds.TimedOutRunning(result),
            (TaskState.Quarantined, _) => TaskEnds.Quarantined(result, Losses + 1, Text, Code == long.MinValue ? null : (int)Code, Peak < 0 ? null : Peak),
            (TaskState.Unschedulable, Reason.UnknownDependency) => new UnschedulableException($"{task} comes after task {other}, which this cluster does not know: give results of this client, or ones that are still kept."),
            (TaskState.Unschedulable, Reason.DependsOnItself) => new UnschedulableException($"{task} comes after itself: it could never begin."),
            (TaskState.Unschedulable, Reason.DependencyEnded) => new UnschedulableException($"{task} was not run, because task {other}, which it comes after, ended another way than it must have."),
            (TaskState.Unschedulable, Reason.FollowsSeveralEngines) => new UnschedulableException($"{task} was not run, because the tasks it follows ran on different engines: follow one of them, or use after."),
            (TaskState.Unschedulable, Reason.FollowedEngineGone) => new UnschedulableException($"{task} was not run, because the engine on which task {other} ran, which it follows, is gone."),
            (TaskState.Unschedulable, Reason.UnsuitableEngine) => new UnsuitableEngineException(Text).Everywhere(result),
            (TaskState.Unschedulable, _) => new UnschedulableException($"{task} can't be run: {Text}"),
            (_, Reason.NoEngines) => new EngineLostException($"{task} was lost, because no engine is left: {Text}"),
            _ => new EngineLostException($"{task} was lost{(EngineId >= 0 ? $" on engine {EngineId}" : "")}: {Text}."),
        };
    }
}
