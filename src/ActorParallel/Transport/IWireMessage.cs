namespace ActorParallel.Transport;

/// <summary>A message between a controller and an engine: all that crosses a process boundary, besides Akka's own.</summary>
internal interface IWireMessage;
