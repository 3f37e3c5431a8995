namespace ActorParallel.Contract.Tests;

public sealed class ApplyOnProcesses : ApplyContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class MapOnProcesses : MapContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class MapErrorsOnProcesses : MapErrorsContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class ExceptionsOnProcesses : ExceptionsContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class StreamOnProcesses : StreamContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class StreamErrorsOnProcesses : StreamErrorsContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class ForEachOnProcesses : ForEachContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class ResultOnProcesses : ResultContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class SeveralResultsOnProcesses : SeveralResultsContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class ProgressOnProcesses : ProgressContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class CancellationOnProcesses : CancellationContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class TimeoutOnProcesses : TimeoutContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class RetryOnProcesses : RetryContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class LifeOnProcesses : LifeContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class WorkersOnProcesses : WorkersContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class CallbackOnProcesses : CallbackContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class TaskContextOnProcesses : TaskContextContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}

public sealed class BadInputOnProcesses : BadInputContract
{
    protected override ParallelPool Pool => Pools.SharedProcesses;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Processes(workers, options);
}
