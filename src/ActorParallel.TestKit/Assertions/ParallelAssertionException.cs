namespace ActorParallel.TestKit;

/// <summary>Something is not as a test says it should be. Every test framework takes it for a failed test.</summary>
/// <param name="message">What is not so, and how things stand.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class ParallelAssertionException(string message, Exception? innerException = null) : Exception(message, innerException);
