namespace ActorParallel.Results;

/// <summary>The value of a task that has none.</summary>
internal readonly record struct Nothing;
