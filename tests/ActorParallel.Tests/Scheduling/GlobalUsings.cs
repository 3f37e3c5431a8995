// The namespace ActorParallel has a TaskState of its own, which comes first here.
global using CoreState = ActorParallel.Scheduling.TaskState;
