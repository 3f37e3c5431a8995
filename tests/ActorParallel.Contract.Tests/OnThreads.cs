namespace ActorParallel.Contract.Tests;

public sealed class ApplyOnThreads : ApplyContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class MapOnThreads : MapContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class MapErrorsOnThreads : MapErrorsContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class ExceptionsOnThreads : ExceptionsContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class StreamOnThreads : StreamContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class StreamErrorsOnThreads : StreamErrorsContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class ForEachOnThreads : ForEachContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class ResultOnThreads : ResultContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class SeveralResultsOnThreads : SeveralResultsContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class ProgressOnThreads : ProgressContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class CancellationOnThreads : CancellationContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class TimeoutOnThreads : TimeoutContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class RetryOnThreads : RetryContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class LifeOnThreads : LifeContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class WorkersOnThreads : WorkersContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class CallbackOnThreads : CallbackContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class TaskContextOnThreads : TaskContextContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}

public sealed class BadInputOnThreads : BadInputContract
{
    protected override ParallelPool Pool => Pools.SharedThreads;

    protected override ParallelPool CreatePool(int workers, ParallelPoolOptions? options = null) => Pools.Threads(workers, options);
}
