namespace ActorParallel.Payloads;

internal ref struct PayloadReader;
