namespace ActorParallel.Engines;

/// <summary>The context of a task that runs in its caller's process.</summary>
internal class LocalTaskContext(AsyncResult result) : TaskContext
{
    public override CancellationToken CancellationToken => result.Control.Token;

    public override string TaskId => result.Id;

    public override int Attempt => result.Attempt;

    public override int EngineId => 0;

    public override int WorkerId => result.WorkerId;

    public override EngineNamespace Namespace => EngineNamespace.Process;

    internal override object Owner => result.Host;

    private protected override void ReportCore(double fraction) => result.Control.Reported = fraction;
}

/// <summary>The context of a map's items, which several workers run.</summary>
internal class LocalMapContext(AsyncResult result) : LocalTaskContext(result)
{
    public override int WorkerId => Worker.Current?.Id ?? base.WorkerId;
}

/// <summary>The context of one item of a map that is run again.</summary>
internal sealed class LocalRetryContext(AsyncResult result, int attempt) : LocalMapContext(result)
{
    public override int Attempt => attempt;
}
