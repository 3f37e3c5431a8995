using System.Runtime.InteropServices;
using ActorParallel.Engines;
using ActorParallel.History;
using ActorParallel.Payloads;
using ActorParallel.Scheduling;

namespace ActorParallel.Controllers;

internal sealed partial class ClusterControllerActor
{
    const int MostEarly = 100_000;



    readonly List<HistoryEntry> _remembered = [];

    readonly KeptResults _kept;

    /// <summary>Outcomes of tasks whose client has not told this controller of them yet.</summary>
    readonly Dictionary<long, (ClusterEngine Engine, int Attempt, Outcome Outcome)> _early = [];

    protected override void Assigned(ClusterTask task, in Instruction instruction)
    {
        task.EngineId = instruction.EngineId;
        task.Runs = instruction.Run;
    }

    protected override void Started(ClusterTask task, ClusterEngine engine) => Moved(task, TaskState.Running);

    protected override void Requeued(ClusterTask task, in Instruction instruction, long runTicks)
    {
        if (instruction.Reason == Reason.EngineLost) task.Losses++;
        task.EarlierTicks += runTicks;
        Decide(task.TaskId, isAborted: false);
        // Given back without having begun, it was no run.
        if (instruction.Reason is Reason.EngineLost or Reason.Exception) RunsAgain(task, instruction.State, instruction.Reason == Reason.EngineLost, runTicks);
        else Moved(task, instruction.State);
    }

    void RunsAgain(ClusterTask task, TaskState state, bool isLost, long runTicks)
    {
        if (!_clients.TryGetValue(task.Client, out var client)) return;
        Tell(client, w =>
        {
            w.WriteByte((byte)ReplyEntry.Requeued);
            w.WriteInt64(TaskIds.Sequence(task.TaskId));
            w.WriteByte((byte)state);
            w.WriteBool(isLost);
            w.WriteInt32(task.EngineId);
            w.WriteInt32(task.Runs);
            w.WriteInt64(runTicks);
        });
    }

    void Moved(ClusterTask task, TaskState state)
    {
        if (!_clients.TryGetValue(task.Client, out var client)) return;
        Tell(client, w =>
        {
            w.WriteByte((byte)ReplyEntry.Moved);
            w.WriteInt64(TaskIds.Sequence(task.TaskId));
            w.WriteByte((byte)state);
        });
    }

    protected override void Progressed(long taskId, double fraction)
    {
        if (!_clients.TryGetValue(TaskIds.Client(taskId), out var client)) return;
        Tell(client, w =>
        {
            w.WriteByte((byte)ReplyEntry.Progressed);
            w.WriteInt64(TaskIds.Sequence(taskId));
            w.WriteFixed(fraction);
        });
    }

    void Wrote(long taskId, string text)
    {
        if (!_clients.TryGetValue(TaskIds.Client(taskId), out var client)) return;
        Tell(client, w =>
        {
            w.WriteByte((byte)ReplyEntry.Wrote);
            w.WriteInt64(TaskIds.Sequence(taskId));
            w.WriteString(text);
        });
    }

    /// <summary>Tasks for one engine alone are not the scheduler's; nor are those of a controller before this one.</summary>
    protected override bool FinishedElsewhere(ClusterEngine engine, long taskId, int attempt, in Outcome outcome)
    {
        if (engine.Direct.Remove(taskId, out var task))
        {
            _direct.Remove(taskId);
            var taken = outcome;
            End(task, StateOf(outcome.Kind), engine, ref taken);
            if (!taken.IsTaken && taken.Place.SegmentName is not null) Release(engine, taken.Place.SegmentId);
            FlushClient(task.Client);
            TellIfDrained(engine);
            return true;
        }
        if (Ledger.ContainsKey(taskId)) return false;
        // Of a client that is here and did not ask for it again, the task has ended otherwise.
        var known = _held.TryGetValue(taskId, out var held) && held.Engine == engine;
        if (!known && (_clients.ContainsKey(TaskIds.Client(taskId)) || _early.Count >= MostEarly)) return false;
        _early[taskId] = (engine, attempt, outcome);
        _held[taskId] = (engine, attempt);
        return true;
    }

    /// <summary>The task was adopted: has its engine said already how it ended?</summary>
    void Replay(long taskId)
    {
        if (!_early.Remove(taskId, out var early)) return;
        if (!FinishedElsewhere(early.Engine, taskId, early.Attempt, early.Outcome)) Replay(early.Engine, taskId, early.Attempt, early.Outcome);
    }

    static TaskState StateOf(TaskOutcome outcome) => outcome switch
    {
        TaskOutcome.Succeeded => TaskState.Succeeded,
        TaskOutcome.Failed => TaskState.Failed,
        TaskOutcome.TimedOut => TaskState.TimedOut,
        _ => TaskState.Cancelled,
    };

    protected override void Complete(ClusterTask task, in Instruction instruction, ref Outcome outcome) =>
        End(task, instruction.State, Engines[instruction.EngineId], ref outcome);

    protected override void CompleteWithout(ClusterTask task, in Instruction instruction)
    {
        var text = instruction.Reason switch
        {
            Reason.NoSuchEngine or Reason.NoSuchTag or Reason.NoSuchResource or Reason.NoSuchCombination => Core.WhyInfeasible(task.Function.Spec(task.Options, _shared.Settings)) ?? "",
            Reason.UnsuitableEngine => $"{task.Unsuitable}",
            _ => _lossText ?? "",
        };
        if (instruction.Reason == Reason.EngineLost) task.Losses++;
        EndWithout(task, instruction.State, instruction.Reason, text, _lossCode, _lossPeak, instruction.Culprit);
    }

    void End(ClusterTask task, TaskState state, ClusterEngine engine, ref Outcome outcome)
    {
        Decide(task.TaskId, state == TaskState.Cancelled);
        KeepArguments(task);
        Remember(task, state, outcome, "", "");
        if (_clients.GetValueOrDefault(task.Client) is { } client)
        {
            WriteEnded(client, ReplyEntry.Ended, TaskIds.Sequence(task.TaskId), task, state, engine, ref outcome);
            Tell(client, task.TaskId);
        }
        else
        {
            // Nobody will say that he knows.
            _released.Add(task.TaskId);
        }
        foreach (var (watcher, request) in task.Watchers ?? [])
        {
            WriteEnded(watcher, ReplyEntry.Answer, request, task, state, engine, ref outcome);
            watcher.Link.Flush();
        }
        // Whoever waits for it has been told, and begins to read.
        _kept.Add(new KeptResult(task, state, KeepValue(task, outcome), Reason.None, "", null, null, -1));
    }

    /// <summary>The client takes large arguments back as soon as it knows of the end: what is to be run again is copied before.</summary>
    void KeepArguments(ClusterTask task)
    {
        if (task.DirectTo < 0 && task.Payload.SegmentName is not null && task.Payload.Length <= _kept.MostOfOne && Copy(task.Payload) is { } place) task.MovePayload(place);
    }

    /// <summary>The engine takes a large value back when its client has said that it was read: not in this turn.</summary>
    Outcome KeepValue(ClusterTask task, in Outcome outcome)
    {
        if (outcome.Place.SegmentName is null || outcome.Place.Length > _kept.MostOfOne) return outcome;
        FlushClient(task.Client);
        return Copy(outcome.Place) is { } place ? outcome.At(place) : outcome;
    }

    PayloadPlace? Copy(PayloadPlace place)
    {
        try
        {
            return _shared.ReadWhole(place);
        }
        catch (IOException)
        {
            // It is gone with its owner.
            return null;
        }
    }

    /// <summary>Written to the client, to be sent with the rest of this turn.</summary>
    static void Tell(ClientHandle client, long taskId)
    {
        client.Ended++;
        client.Untold.Enqueue((client.Link.Current, taskId));
    }

    void WriteEnded(ClientHandle client, ReplyEntry entry, long number, ClusterTask task, TaskState state, ClusterEngine? engine, ref Outcome outcome)
    {
        var place = outcome.Place;
        if (place.SegmentName is not null)
        {
            // One reader takes a large value; it is passed on whole where memory isn't shared.
            if (client.IsLocal && entry == ReplyEntry.Ended)
            {
                outcome.IsTaken = true;
            }
            else
            {
                try
                {
                    place = _shared.ReadWhole(place);
                }
                catch (IOException e)
                {
                    WriteEndedWithout(client, entry == ReplyEntry.Ended ? ReplyEntry.EndedWithout : entry, number, new KeptResult(
                        task, TaskState.Lost, null, Reason.EngineLost, $"it ended, and its value is gone with its engine: {e.Message}", null, null, -1));
                    return;
                }
            }
        }
        lock (client.Link.Gate)
        {
            var writer = client.Link.Writer;
            writer.WriteByte((byte)entry);
            writer.WriteInt64(number);
            if (entry == ReplyEntry.Answer) writer.WriteByte((byte)AnswerKind.Ended);
            writer.WriteByte((byte)state);
            writer.WriteInt32(task.EngineId);
            writer.WriteInt32(engine?.Generation ?? 0);
            writer.WriteInt32(task.Runs);
            writer.WriteInt32(task.Losses);
            writer.WriteInt64(task.EarlierTicks);
            writer.WriteInt64(outcome.StartedUtc);
            writer.WriteInt64(outcome.RunTicks);
            writer.WriteInt32(outcome.WorkerId);
            writer.WriteString(outcome.Output);
            TaskWire.WritePlace(writer, place);
            client.Link.Written();
        }
    }

    void EndWithout(ClusterTask task, TaskState state, Reason reason, string text, int? code = null, long? peak = null, long culprit = -1)
    {
        Decide(task.TaskId, state == TaskState.Cancelled);
        KeepArguments(task);
        var kept = new KeptResult(task, state, null, reason, text, code, peak, culprit);
        _kept.Add(kept);
        Remember(task, state, null, reason.ToString(), text);
        if (_clients.GetValueOrDefault(task.Client) is { } client)
        {
            WriteEndedWithout(client, ReplyEntry.EndedWithout, TaskIds.Sequence(task.TaskId), kept);
            Tell(client, task.TaskId);
            client.Link.Flush();
        }
        else
        {
            _released.Add(task.TaskId);
        }
        foreach (var (watcher, request) in task.Watchers ?? [])
        {
            WriteEndedWithout(watcher, ReplyEntry.Answer, request, kept);
            watcher.Link.Flush();
        }
    }

    static void WriteEndedWithout(ClientHandle client, ReplyEntry entry, long number, KeptResult kept)
    {
        lock (client.Link.Gate)
        {
            var writer = client.Link.Writer;
            writer.WriteByte((byte)entry);
            writer.WriteInt64(number);
            if (entry == ReplyEntry.Answer) writer.WriteByte((byte)AnswerKind.EndedWithout);
            writer.WriteByte((byte)kept.State);
            writer.WriteByte((byte)kept.Reason);
            writer.WriteInt32(kept.Task.EngineId);
            writer.WriteInt32(kept.Task.Losses);
            writer.WriteString(kept.Text);
            writer.WriteInt64(kept.Code ?? long.MinValue);
            writer.WriteInt64(kept.Peak ?? -1);
            writer.WriteInt64(kept.Culprit);
            client.Link.Written();
        }
    }

    /// <summary>Into the history, with the others of this second or this many.</summary>
    void Remember(ClusterTask task, TaskState state, in Outcome? outcome, string errorType, string error)
    {
        const int many = 256;
        if (_shared.Settings.HistoryRecords == 0) return;
        var client = _clients.TryGetValue(task.Client, out var known) ? known.Name : TaskIds.ClientName(task.Client);
        var entry = new HistoryEntry
        {
            IdPrefix = client,
            Number = TaskIds.Sequence(task.TaskId),
            ClientId = client,
            Label = task.Label,
            Function = task.Function.Name,
            State = state,
            Priority = task.Options.Priority,
            SubmittedUtc = task.SubmittedUtc,
            EngineId = task.EngineId,
            Attempts = task.Runs,
            EngineLosses = task.Losses,
            ArgumentBytes = task.Payload.Length,
        };
        if (outcome is { } ended)
        {
            entry.StartedUtc = ended.StartedUtc;
            entry.RunTicks = ended.RunTicks;
            entry.CompletedUtc = ended.StartedUtc == 0 ? 0 : ended.StartedUtc + ended.RunTicks;
            entry.WorkerId = ended.WorkerId;
            entry.ResultBytes = ended.Place.Length;
            entry.Output = ended.Output;
            // The controller opens no payload; an error's beginning says which it is.
            if (state == TaskState.Failed) (entry.ErrorType, entry.ErrorMessage) = (ended.ErrorType, ended.ErrorMessage);
        }
        else if (state != TaskState.Succeeded)
        {
            (entry.ErrorType, entry.ErrorMessage) = (errorType, error);
        }
        _remembered.Add(entry);
        if (_remembered.Count >= many) AppendEnded();
    }

    void AppendEnded()
    {
        if (_remembered.Count == 0) return;
        _shared.History.Append(CollectionsMarshal.AsSpan(_remembered));
        _remembered.Clear();
    }

    protected override void AfterOutcomes(ClusterEngine engine)
    {
        foreach (var client in _clients.Values)
            if (client.Link.HasEntries) client.Link.Flush();
    }

    void FlushClient(int number)
    {
        if (_clients.TryGetValue(number, out var client)) client.Link.Flush();
    }
}
