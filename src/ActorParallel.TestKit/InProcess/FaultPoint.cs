namespace ActorParallel.TestKit;

/// <summary>A moment in a task's life at which something is killed.</summary>
public enum FaultPoint
{
    /// <summary>A client's submission is on its way, and the controller hasn't got it.</summary>
    BeforeAssignment,

    /// <summary>The controller has given a task to an engine, and the engine hasn't got it.</summary>
    BeforeStart,

    /// <summary>A task's code runs.</summary>
    AfterStart,

    /// <summary>A result has reached the controller, and nobody else has heard of that: neither the engine nor the client.</summary>
    AfterResultBeforeAck,

    /// <summary>The controller has told the client of a task's end, and the client hasn't got it.</summary>
    BeforeDelivery,
}
