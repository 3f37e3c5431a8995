namespace ActorParallel.Contract.Tests;

/// <summary>An exception with state of its own.</summary>
public sealed class OrderException(string message, int code, Exception? inner = null) : Exception(message, inner)
{
    public int Code { get; } = code;

    public IReadOnlyList<string> Lines { get; init; } = [];
}
