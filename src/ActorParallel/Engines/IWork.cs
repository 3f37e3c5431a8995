namespace ActorParallel.Engines;

/// <summary>Something a worker runs: a task, or a share of a map.</summary>
internal interface IWork
{
    /// <summary>Higher starts first.</summary>
    int Priority { get; }

    /// <summary>Runs on the worker's thread. Never throws.</summary>
    WorkStatus Run(Worker worker);
}

/// <summary>What has become of a piece of work when its worker's thread is free again.</summary>
internal enum WorkStatus
{
    /// <summary>It has ended.</summary>
    Done,

    /// <summary>It has ended, and this run ended it: so nobody has given it up.</summary>
    Ended,

    /// <summary>It is asynchronous and goes on; it calls <see cref="Worker.Resume"/> when it has ended.</summary>
    Pending,

    /// <summary>It has more to do, and lets others go first.</summary>
    Yield,
}
