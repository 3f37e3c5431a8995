using System.Diagnostics;
using ActorParallel.Engines;
using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Controllers;

internal sealed partial class ClusterControllerActor
{
    readonly List<(int Client, int Engine, long Question, byte[] Asked)> _codeWaits = [];

    /// <summary>Clients that have been here and gone, while others may still come back from the controller before this one.</summary>
    readonly HashSet<int> _left = [];

    protected override bool OnEntry(ClusterEngine engine, ControllerEntry kind, ref PayloadReader reader, byte[] batch)
    {
        switch (kind)
        {
            case ControllerEntry.NeedCode:
                AskForCode(engine, ref reader);
                return true;
            case ControllerEntry.Leaving:
                Leave(engine);
                return true;
            case ControllerEntry.Wrote:
                Wrote(reader.ReadInt64(), reader.ReadString() ?? "");
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
        if (_clients.TryGetValue(number, out var client)) AskForCode(client, engine, question, asked);
        else if (MayComeBack(number)) _codeWaits.Add((number, engine.Generation, question, asked.ToArray()));
        else WriteCode(engine, question, CodeQuestion.Refuse(ClientGone(TaskIds.ClientName(number))));
    }

    /// <summary>A client of the controller before this one, which engines have found again before it has.</summary>
    bool MayComeBack(int number) => !_left.Contains(number) && Stopwatch.GetElapsedTime(_started) < _shared.Settings.ClientTimeout;

    /// <summary>It is there now: what engines wait for is asked.</summary>
    void AskWhatWaited(ClientHandle client)
    {
        foreach (var (number, generation, question, asked) in _codeWaits)
            if (number == client.Number && EngineOf(generation) is { } engine) AskForCode(client, engine, question, asked);
        _codeWaits.RemoveAll(w => w.Client == client.Number);
    }

    /// <summary>Those that did not come by now will not.</summary>
    void RefuseWhatWaited()
    {
        if (_left.Count + _codeWaits.Count == 0 || Stopwatch.GetElapsedTime(_started) < _shared.Settings.ClientTimeout) return;
        foreach (var (number, generation, question, _) in _codeWaits)
            if (EngineOf(generation) is { } engine) WriteCode(engine, question, CodeQuestion.Refuse(ClientGone(TaskIds.ClientName(number))));
        _codeWaits.Clear();
        _left.Clear();
    }

    static void AskForCode(ClientHandle client, ClusterEngine engine, long question, ReadOnlySpan<byte> asked)
    {
        client.CodeAsked.Add((engine.Generation, question));
        lock (client.Link.Gate)
        {
            var writer = client.Link.Writer;
            writer.WriteByte((byte)ReplyEntry.NeedCode);
            writer.WriteInt32(engine.Generation);
            writer.WriteInt64(question);
            writer.WriteBytes(asked);
            client.Link.Written();
        }
        client.Link.Flush();
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
        _codeWaits.RemoveAll(w => EngineOf(w.Engine) is null);
        if (Stopwatch.GetElapsedTime(_started) < _shared.Settings.ClientTimeout) _left.Add(client.Number);
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
