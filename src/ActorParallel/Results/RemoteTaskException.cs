namespace ActorParallel;

/// <summary>
/// A task's exception whose own type can't be rebuilt here: its assembly is missing, or a member of it can't travel. It tells what the
/// original told. Immutable once caught, and safe to read from any thread.
/// </summary>
public sealed class RemoteTaskException : Exception
{
    internal RemoteTaskException(string typeName, string message, string remoteStackTrace)
        : base(message)
    {
        TypeName = typeName;
        RemoteStackTrace = remoteStackTrace;
    }

    /// <summary>The full name of the original's type, without its assembly.</summary>
    public string TypeName { get; }

    /// <summary>The stack where the task threw, as text; empty when it was never thrown.</summary>
    public string RemoteStackTrace { get; }

    /// <summary>All inner exceptions of the original, of which <see cref="Exception.InnerException"/> is the first; empty when it had none.</summary>
    public IReadOnlyList<Exception> InnerExceptions { get; internal set; } = [];

    /// <summary>The original's type and message, its inner exceptions and the stacks of both sides.</summary>
    /// <returns>Several lines of text.</returns>
    public override string ToString()
    {
        string inner = string.Concat(InnerExceptions.Select(e => $"{Environment.NewLine} ---> {e}"));
        return $"{nameof(RemoteTaskException)}: {TypeName}: {Message}{inner}{Environment.NewLine}{StackTrace}";
    }
}
