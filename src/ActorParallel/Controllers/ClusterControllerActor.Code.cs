using ActorParallel.Engines;
using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Controllers;

internal sealed partial class ClusterControllerActor
{
    readonly List<(int Client, int Generation, long Question, byte[] Asked)> _codeWaiting = [];

    protected override bool OnEntry(ClusterEngine engine, ControllerEntry kind, ref PayloadReader reader, byte[] batch)
    {
        switch (kind)
        {
            case ControllerEntry.NeedCode:
                AskForCode(engine, ref reader);
                return true;
            case ControllerEntry.Leaving:
                Drain(engine);
                return true;
            case ControllerEntry.Mail:
                PassOn(engine, ref reader);
                return true;
            default:
                return false;
        }
    }

    void AskForCode(ClusterEngine engine, ref PayloadReader reader)
    {
        var number = reader.ReadInt32();
        var question = reader.ReadInt64();
        var asked = reader.ReadBytes();
        if (!_clients.TryGetValue(number, out var client))
        {
            if (_held.Keys.Any(id => TaskIds.Client(id) == number))
            {
                // Of a task from before this controller, whose client has yet to find it.
                _codeWaiting.Add((number, engine.Generation, question, asked.ToArray()));
                return;
            }
            WriteCode(engine, question, CodeQuestion.Refuse(ClientGone(TaskIds.ClientName(number))));
            return;
        }
        AskForCode(client, engine.Generation, question, asked);
    }

    static void AskForCode(ClientHandle client, int generation, long question, ReadOnlySpan<byte> asked)
    {
        client.CodeAsked.Add((generation, question));
        lock (client.Link.Gate)
        {
            var writer = client.Link.Writer;
            writer.WriteByte((byte)ReplyEntry.NeedCode);
            writer.WriteInt32(generation);
            writer.WriteInt64(question);
            writer.WriteBytes(asked);
            client.Link.Written();
        }
        client.Link.Flush();
    }

    /// <summary>The client is here: what engines asked it for meanwhile.</summary>
    void AskForCodeThatWaits(ClientHandle client)
    {
        foreach (var (number, generation, question, asked) in _codeWaiting)
            if (number == client.Number) AskForCode(client, generation, question, asked);
        _codeWaiting.RemoveAll(w => w.Client == client.Number);
    }

    /// <summary>Clients that have not come by now do not come.</summary>
    void RefuseCodeThatWaits()
    {
        foreach (var (number, generation, question, _) in _codeWaiting)
            if (EngineOf(generation) is { } engine) WriteCode(engine, question, CodeQuestion.Refuse(ClientGone(TaskIds.ClientName(number))));
        _codeWaiting.Clear();
    }

    void CodeAnswered(ClientHandle client, ref PayloadReader reader)
    {
        var generation = reader.ReadInt32();
        var question = reader.ReadInt64();
        var answer = reader.ReadBytes();
        // Of an engine that is lost: nobody waits.
        if (client.CodeAsked.Remove((generation, question)) && EngineOf(generation) is { } engine) WriteCode(engine, question, answer);
    }

    ClusterEngine? EngineOf(int generation)
    {
        foreach (var engine in Engines.Values)
            if (engine.Generation == generation) return engine;
        return null;
    }

    /// <summary>The client will not answer any more.</summary>
    void RefuseCode(ClientHandle client)
    {
        foreach (var (generation, question) in client.CodeAsked)
            if (EngineOf(generation) is { } engine) WriteCode(engine, question, CodeQuestion.Refuse(ClientGone(client.Name)));
        client.CodeAsked.Clear();
    }

    static string ClientGone(string name) =>
        $"The program of client {name} is needed to read its task, and the client is gone; keep it connected until its tasks have begun.";

    static void WriteCode(ClusterEngine engine, long question, ReadOnlySpan<byte> answer)
    {
        lock (engine.Link.Gate)
        {
            var writer = engine.Link.Writer;
            writer.WriteByte((byte)EngineEntry.Code);
            writer.WriteInt64(question);
            writer.WriteBytes(answer);
            engine.Link.Written();
        }
        engine.Link.Flush();
    }

    /// <summary>The engine forgets the client's functions and code.</summary>
    static void Forget(ClusterEngine engine, ClientHandle client)
    {
        // A task of its that is run again for another defines its function anew.
        engine.KnownFunctions.ExceptWith(client.Functions.Values.Select(f => f.Id));
        lock (engine.Link.Gate)
        {
            engine.Link.Writer.WriteByte((byte)EngineEntry.Forget);
            engine.Link.Writer.WriteInt32(client.Number);
            engine.Link.Written();
        }
        engine.Link.Flush();
    }
}
