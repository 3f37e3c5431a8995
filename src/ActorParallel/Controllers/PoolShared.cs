using System.Collections.Concurrent;
using ActorParallel.Pools;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Controllers;

/// <summary>What a pool of processes and its controller share: the queue between them, and the pool's folder and segments.</summary>
internal sealed class PoolShared(string name, PoolSettings settings, PoolFolder folder)
{
    int _holds;

    public string Name => name;

    public PoolSettings Settings => settings;

    public PoolFolder Folder => folder;

    /// <summary>Large arguments.</summary>
    public SegmentStore Store { get; } = new(folder.FullPath, "p");

    /// <summary>Large values that engines wrote.</summary>
    public SegmentReader Segments { get; } = new(folder.FullPath);

    public SubmissionQueue<PoolTask> Submissions { get; } = new(PoolControllerActor.SubmissionsWaiting.Instance);

    /// <summary>The processes of the engines there are, by generation.</summary>
    public ConcurrentDictionary<int, int> ProcessIds { get; } = new();

    public IActorRef Controller
    {
        get => Submissions.Actor;
        set => Submissions.Actor = value;
    }

    /// <summary>Which way processes talk, the certificate they do it with, and the port of the controller.</summary>
    public required string Transport { get; init; }

    public required byte[] Certificate { get; init; }

    public required byte[] Initializer { get; init; }

    public int Port { get; set; }

    public Exception? Fault { get; set; }

    /// <summary>All work has ended after the pool was closed, and the engines are gone.</summary>
    public TaskCompletionSource Drained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsHeld => Volatile.Read(ref _holds) > 0;

    public void Hold() => Interlocked.Increment(ref _holds);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0) Submissions.Wake();
    }
}
