namespace ActorParallel.Engines;

/// <summary>The context of a task that runs in an engine's process.</summary>
internal sealed class RemoteTaskContext(RemoteTask task, EngineRuntime runtime) : TaskContext
{
    public override CancellationToken CancellationToken => task.Control.Token;

    public override string TaskId => runtime.NameOf(task.TaskId);

    public override int Attempt => task.Run + EarlierAttempts;

    public override int EngineId => runtime.EngineId;

    public override int WorkerId => task.WorkerId;

    public override EngineNamespace Namespace => EngineNamespace.Process;

    public override EngineMessages Engines => runtime.Mailbox.Peers.Count > 0 ? new EngineMessages(runtime.Mailbox, CancellationToken) : base.Engines;

    internal override bool MayMove => task.MayMove;

    internal override object Owner => runtime;

    internal RemoteTask Task => task;

    private protected override void ReportCore(double fraction) => runtime.Progressed(task, fraction);
}
