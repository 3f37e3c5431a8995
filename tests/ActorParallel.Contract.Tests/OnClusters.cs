namespace ActorParallel.Contract.Tests;

// One after the other: a test may count on having the workers for itself.

[Collection(nameof(Clusters))]
public sealed class ApplyOnClusters() : ApplyContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class MapOnClusters() : MapContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class MapErrorsOnClusters() : MapErrorsContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class ExceptionsOnClusters() : ExceptionsContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class StreamOnClusters() : StreamContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class StreamErrorsOnClusters() : StreamErrorsContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class ForEachOnClusters() : ForEachContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class ResultOnClusters() : ResultContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class SeveralResultsOnClusters() : SeveralResultsContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class ProgressOnClusters() : ProgressContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class CancellationOnClusters() : CancellationContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class TimeoutOnClusters() : TimeoutContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class RetryOnClusters() : RetryContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class CallbackOnClusters() : CallbackContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class TaskContextOnClusters() : TaskContextContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class BadInputOnClusters() : BadInputContract(Pools.Clusters);

[Collection(nameof(Clusters))]
public sealed class LateArgumentOnClusters() : LateArgumentContract(Pools.Clusters);
