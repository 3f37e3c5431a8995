using ActorParallel.Controllers;
using ActorParallel.Functions;
using ActorParallel.Payloads;
using Akka.Actor;

namespace ActorParallel.Clients;

internal sealed partial class ClientActor
{
    /// <summary>An engine lacks code of this program. Files are read and hashed beside the actor.</summary>
    void NeedCode(ref PayloadReader reader)
    {
        var engine = reader.ReadInt32();
        var number = reader.ReadInt64();
        var question = reader.ReadBytes().ToArray();
        var self = Self;
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                var answer = CodeQuestion.Answer(CodeSource.Shared, question);
                self.Tell(new Written(w =>
                {
                    w.WriteByte((byte)ClientEntry.Code);
                    w.WriteInt32(engine);
                    w.WriteInt64(number);
                    w.WriteBytes(answer);
                }), ActorRefs.NoSender);
            },
            null);
    }
}
