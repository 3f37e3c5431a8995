namespace ActorParallel;

/// <summary>An assembly that an engine needs to run a function, and is sent once if it doesn't have it.</summary>
/// <param name="Name">The simple name.</param>
/// <param name="Version">The version.</param>
/// <param name="ModuleVersionId">The build.</param>
/// <param name="Bytes">The length of its file.</param>
public sealed record ShippingAssembly(string Name, Version Version, Guid ModuleVersionId, long Bytes);
