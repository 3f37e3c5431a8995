namespace ActorParallel.Contract.Tests;

public sealed class ApplyOnThreads() : ApplyContract(Pools.Threads);

public sealed class MapOnThreads() : MapContract(Pools.Threads);

public sealed class MapErrorsOnThreads() : MapErrorsContract(Pools.Threads);

public sealed class ExceptionsOnThreads() : ExceptionsContract(Pools.Threads);

public sealed class StreamOnThreads() : StreamContract(Pools.Threads);

public sealed class StreamErrorsOnThreads() : StreamErrorsContract(Pools.Threads);

public sealed class ForEachOnThreads() : ForEachContract(Pools.Threads);

public sealed class ResultOnThreads() : ResultContract(Pools.Threads);

public sealed class SeveralResultsOnThreads() : SeveralResultsContract(Pools.Threads);

public sealed class ProgressOnThreads() : ProgressContract(Pools.Threads);

public sealed class CancellationOnThreads() : CancellationContract(Pools.Threads);

public sealed class TimeoutOnThreads() : TimeoutContract(Pools.Threads);

public sealed class RetryOnThreads() : RetryContract(Pools.Threads);

public sealed class CallbackOnThreads() : CallbackContract(Pools.Threads);

public sealed class TaskContextOnThreads() : TaskContextContract(Pools.Threads);

public sealed class BadInputOnThreads() : BadInputContract(Pools.Threads);

public sealed class LifeOnThreads() : LifeContract(Pools.Threads);

public sealed class WorkersOnThreads() : WorkersContract(Pools.Threads);

public sealed class PoolBadInputOnThreads() : PoolBadInputContract(Pools.Threads);

public sealed class PoolEndOnThreads() : PoolEndContract(Pools.Threads);

public sealed class LateArgumentOnThreads() : LateArgumentContract(Pools.Threads);
