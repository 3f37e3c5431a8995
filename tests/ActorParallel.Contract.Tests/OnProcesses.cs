namespace ActorParallel.Contract.Tests;

public sealed class ApplyOnProcesses() : ApplyContract(Pools.Processes);

public sealed class MapOnProcesses() : MapContract(Pools.Processes);

public sealed class MapErrorsOnProcesses() : MapErrorsContract(Pools.Processes);

public sealed class ExceptionsOnProcesses() : ExceptionsContract(Pools.Processes);

public sealed class StreamOnProcesses() : StreamContract(Pools.Processes);

public sealed class StreamErrorsOnProcesses() : StreamErrorsContract(Pools.Processes);

public sealed class ForEachOnProcesses() : ForEachContract(Pools.Processes);

public sealed class ResultOnProcesses() : ResultContract(Pools.Processes);

public sealed class SeveralResultsOnProcesses() : SeveralResultsContract(Pools.Processes);

public sealed class ProgressOnProcesses() : ProgressContract(Pools.Processes);

public sealed class CancellationOnProcesses() : CancellationContract(Pools.Processes);

public sealed class TimeoutOnProcesses() : TimeoutContract(Pools.Processes);

public sealed class RetryOnProcesses() : RetryContract(Pools.Processes);

public sealed class CallbackOnProcesses() : CallbackContract(Pools.Processes);

public sealed class TaskContextOnProcesses() : TaskContextContract(Pools.Processes);

public sealed class BadInputOnProcesses() : BadInputContract(Pools.Processes);

public sealed class LifeOnProcesses() : LifeContract(Pools.Processes);

public sealed class WorkersOnProcesses() : WorkersContract(Pools.Processes);

public sealed class PoolBadInputOnProcesses() : PoolBadInputContract(Pools.Processes);

public sealed class PoolEndOnProcesses() : PoolEndContract(Pools.Processes);

public sealed class LateArgumentOnProcesses() : LateArgumentContract(Pools.Processes);
