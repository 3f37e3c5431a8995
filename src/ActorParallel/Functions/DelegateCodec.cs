using ActorParallel.Payloads;

namespace ActorParallel.Functions;

internal sealed class DelegateCodec<T> : Codec<T> where T : Delegate
{
    public override void Write(PayloadWriter writer, T value) => throw writer.Refusal($"A {Names.Of(typeof(T))} can't travel.");

    public override T Read(ref PayloadReader reader) => throw reader.Corrupt("a delegate can't travel");
}
