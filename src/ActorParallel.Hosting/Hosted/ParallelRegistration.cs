namespace ActorParallel.Hosting.Hosted;

/// <summary>An executor that a service asked for.</summary>
/// <param name="Name">Its key; empty for the default one.</param>
internal sealed record ParallelRegistration(string Name);
