namespace ActorParallel.Payloads;

internal sealed class PayloadWriter;
