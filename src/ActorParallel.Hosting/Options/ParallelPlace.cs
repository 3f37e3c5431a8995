namespace ActorParallel;

/// <summary>Where a service's tasks run.</summary>
public enum ParallelPlace
{
    /// <summary>On threads of the service's process.</summary>
    Threads,

    /// <summary>In child processes of the service.</summary>
    Processes,

    /// <summary>On the engines of a cluster.</summary>
    Cluster,
}
