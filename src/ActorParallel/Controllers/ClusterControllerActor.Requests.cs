using System.Globalization;
using System.Text.RegularExpressions;
using ActorParallel.Engines;
using ActorParallel.History;
using ActorParallel.Payloads;

namespace ActorParallel.Controllers;

/// <summary>What an answer is. The numbers are part of the wire contract.</summary>
internal enum AnswerKind : byte
{
    /// <summary>A task's end, as in <see cref="ReplyEntry.Ended"/>.</summary>
    Ended = 1,

    /// <summary>A task's end, as in <see cref="ReplyEntry.EndedWithout"/>.</summary>
    EndedWithout = 2,

    /// <summary>It can't be answered: a sentence.</summary>
    Refused = 3,

    /// <summary>What the request's kind says.</summary>
    Payload = 4,
}

internal sealed partial class ClusterControllerActor
{
    readonly Dictionary<long, (ClientHandle Client, long Request)> _commands = [];
    long _commandCount;

    void Answer(ClientHandle client, ref PayloadReader reader)
    {
        var request = reader.ReadInt64();
        var kind = (ClientRequest)reader.ReadByte();
        switch (kind)
        {
            case ClientRequest.Result:
                AnswerResult(client, request, reader.ReadInt64());
                break;
            case ClientRequest.Resubmit:
                Resubmit(client, request, reader.ReadInt64(), reader.ReadInt64());
                break;
            case ClientRequest.QueueStatus:
                Reply(client, request, WriteStatus);
                break;
            case ClientRequest.Explain:
                Explain(client, request, reader.ReadInt64());
                break;
            case ClientRequest.Abort:
                var ids = new List<long>();
                for (var left = reader.ReadInt32(); left > 0; left--) ids.Add(client.TaskId(reader.ReadInt64()));
                Abort(client, request, ids);
                break;
            case ClientRequest.Purge:
                var purged = _kept.Clear();
                AppendEnded();
                _ = _shared.History.PurgeAsync(null, CancellationToken.None);
                Reply(client, request, w => w.WriteInt32(purged));
                break;
            case ClientRequest.Command:
                Command(client, request, (NannyCommand)reader.ReadByte(), ref reader);
                break;
            case ClientRequest.Drain:
                Drain(client, request, reader.ReadInt32());
                break;
            case ClientRequest.History:
                AnswerHistory(client, request, ref reader);
                break;
            default:
                Refuse(client, request, $"The controller does not know requests of kind {(byte)kind}: run both on the same version.");
                break;
        }
    }

    static void Reply(ClientHandle client, long request, Action<PayloadWriter> write)
    {
        using var answer = PayloadWriter.Rent();
        write(answer);
        Reply(client, request, answer.ToArray(), null);
    }

    static void Reply(ClientHandle client, long request, byte[]? bytes, string? error)
    {
        if (bytes is null) Refuse(client, request, error!);
        else Tell(client, w =>
        {
            w.WriteByte((byte)ReplyEntry.Answer);
            w.WriteInt64(request);
            w.WriteByte((byte)AnswerKind.Payload);
            w.WriteBytes(bytes);
        });
    }

    static void Refuse(ClientHandle client, long request, string why) => Tell(client, w =>
    {
        w.WriteByte((byte)ReplyEntry.Answer);
        w.WriteInt64(request);
        w.WriteByte((byte)AnswerKind.Refused);
        w.WriteString(why);
    });

    string Unknown(long taskId) =>
        $"The controller knows no task {TaskIds.Name(taskId, "")}: it never came here, or it is not among the last {_shared.Settings.KeptResults} that ended (kept-results).";

    void AnswerResult(ClientHandle client, long request, long taskId)
    {
        if (Find(taskId) is { } task)
        {
            (task.Watchers ??= []).Add((client, request));
            return;
        }
        if (!_kept.TryGet(taskId, out var kept))
        {
            Refuse(client, request, Unknown(taskId));
            return;
        }
        if (kept.Outcome is not { } outcome)
        {
            WriteEndedWithout(client, ReplyEntry.Answer, request, kept);
        }
        else if (outcome.Place.SegmentName is not null)
        {
            Refuse(client, request, $"Task {TaskIds.Name(taskId, "")} has ended, and its value of {outcome.Place.Length:N0} bytes is not kept: only those up to a quarter of kept-bytes are, which is {_kept.MostOfOne:N0}.");
            return;
        }
        else
        {
            WriteEnded(client, ReplyEntry.Answer, request, kept.Task, kept.State, null, ref outcome);
        }
        client.Link.Flush();
    }

    void AnswerHistory(ClientHandle client, long request, ref PayloadReader reader)
    {
        AppendEnded();
        var query = HistoryQuery.Read(ref reader);
        _shared.History.QueryAsync(query, CancellationToken.None).ContinueWith(
            page =>
            {
                // Links may be written to from any thread.
                if (page.IsCompletedSuccessfully) Reply(client, request, page.Result.Write);
                else Refuse(client, request, $"The history can't be read: {page.Exception?.InnerException?.Message}");
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    ClusterTask? Find(long taskId) =>
        Ledger.TryGetValue(taskId, out var task) ? task
        : _direct.TryGetValue(taskId, out var engine) && engine.Direct.TryGetValue(taskId, out var direct) ? direct
        : null;

    /// <summary>Runs a task of the past again, as one of this client's with a number of its own.</summary>
    void Resubmit(ClientHandle client, long request, long taskId, long sequence)
    {
        var old = Find(taskId) ?? (_kept.TryGet(taskId, out var kept) ? kept.Task : null);
        if (old is null)
        {
            Refuse(client, request, Unknown(taskId));
            return;
        }
        if (old.DirectTo >= 0)
        {
            Refuse(client, request, $"Task {TaskIds.Name(taskId, "")} was for engine {old.DirectTo} alone: call that engine's view again.");
            return;
        }
        // Its client takes the original's large arguments back when that ends.
        var payload = old.Payload;
        if (payload.SegmentName is not null)
        {
            if (Find(taskId) is null || Copy(payload) is not { } copy)
            {
                Refuse(client, request, $"Task {TaskIds.Name(taskId, "")} can't be run again: its arguments of {payload.Length:N0} bytes are not kept, only those up to a quarter of kept-bytes are, which is {_kept.MostOfOne:N0}. Submit it anew.");
                return;
            }
            payload = copy;
        }
        var again = client.TaskId(sequence);
        Ledger.Add(again, new ClusterTask(again, old.Function, old.Options, payload, old.SubmittedUtc, old.Label));
        Reply(client, request, w => w.WriteInt64(again));
        Core.Handle(new Scheduling.TaskSubmitted(again, old.Function.Spec(old.Options, _shared.Settings), null, client.Number), Now, Instructions);
        Obey();
    }

    void WriteStatus(PayloadWriter writer)
    {
        var counters = Core.Counters;
        writer.WriteInt32(counters.Waiting);
        writer.WriteInt32(counters.Ready + counters.Delayed);
        writer.WriteInt32(Engines.Values.Count(e => e.IsReady));
        var loads = Core.Engines().ToDictionary(e => e.EngineId);
        foreach (var engine in Engines.Values.Where(e => e.IsReady).OrderBy(e => e.Id))
        {
            var load = loads.GetValueOrDefault(engine.Id);
            writer.WriteInt32(engine.Id);
            writer.WriteInt32(load.Running);
            writer.WriteInt32(load.Queued);
            writer.WriteInt32(engine.Direct.Count);
            writer.WriteInt64(engine.Finished);
            writer.WriteBool(engine.IsSuspended);
        }
    }

    void Explain(ClientHandle client, long request, long taskId)
    {
        var name = TaskIds.Name(taskId, "");
        if (_direct.TryGetValue(taskId, out var engine))
            Reply(client, request, w => w.WriteString($"Task {name} is in the lane of engine {engine.Id}, with {engine.Direct.Count - 1} others."));
        else if (Core.Explain(taskId) is { } explained)
            Reply(client, request, w => w.WriteString(Ids().Replace(explained.ToString(), static id => TaskIds.Name(long.Parse(id.ValueSpan, CultureInfo.InvariantCulture), ""))));
        else if (_kept.TryGet(taskId, out var kept))
            Reply(client, request, w => w.WriteString($"Task {name} ended {kept.State}{(kept.Task.EngineId >= 0 ? $" on engine {kept.Task.EngineId}" : "")} after {kept.Task.Runs} attempt(s){(kept.Text.Length > 0 ? $": {kept.Text}" : "")}."));
        else
            Refuse(client, request, Unknown(taskId));
    }

    /// <summary>The scheduler's own ids: none is shorter.</summary>
    [GeneratedRegex(@"\b\d{13,19}\b")]
    private static partial Regex Ids();

    void Command(ClientHandle client, long request, NannyCommand command, ref PayloadReader reader)
    {
        var numbers = new List<int>();
        for (var left = reader.ReadInt32(); left > 0; left--) numbers.Add(reader.ReadInt32());
        if (Nanny is { } nanny)
        {
            var id = ++_commandCount;
            _commands[id] = (client, request);
            TellNanny(nanny, command, id, numbers);
            return;
        }
        if (command != NannyCommand.Stop)
        {
            Refuse(client, request, "Nobody here starts and ends engines: the process that started this cluster is gone, or its engines were started by hand.");
            return;
        }
        if (_shared.ExpectedEngines is not null)
        {
            Refuse(client, request, "This cluster's controllers and engines are processes of their own, which are stopped where they were started, with Ctrl-C or SIGTERM.");
            return;
        }
        Reply(client, request, _ => { });
        End();
    }

    /// <summary>The cluster ends: engines that nobody's process holds are told.</summary>
    void End()
    {
        foreach (var engine in Engines.Values) WriteStop(engine);
        _shared.Ended.TrySetResult();
    }

    static void TellNanny(ClientHandle nanny, NannyCommand command, long id, List<int> numbers) => Tell(nanny, w =>
    {
        w.WriteByte((byte)ReplyEntry.Command);
        w.WriteInt64(id);
        w.WriteByte((byte)command);
        w.WriteInt32(numbers.Count);
        foreach (var number in numbers) w.WriteInt32(number);
    });

    void CommandDone(ref PayloadReader reader)
    {
        var id = reader.ReadInt64();
        var error = reader.ReadString();
        if (!_commands.Remove(id, out var asked)) return;
        if (error is null) Reply(asked.Client, asked.Request, _ => { });
        else Refuse(asked.Client, asked.Request, error);
    }
}
