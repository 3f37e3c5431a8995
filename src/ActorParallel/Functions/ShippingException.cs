namespace ActorParallel;

/// <summary>
/// A function or a value can't travel to another process. Thrown at the call, before anything is sent;
/// <see cref="Path"/> names the captured variable, argument or member that stands in the way.
/// </summary>
public sealed class ShippingException : Exception
{
    /// <summary>Makes an exception that names what can't travel.</summary>
    /// <param name="message">One sentence: what can't travel, why, and what to do instead.</param>
    /// <param name="path">The way to it, such as <c>reader</c> or <c>this.connection</c>; empty when it is the value itself.</param>
    /// <param name="innerException">What was thrown while it was read or written, if anything.</param>
    public ShippingException(string message, string path = "", Exception? innerException = null)
        : base(message, innerException) => Path = path;

    /// <summary>What can't travel, why, and what to do instead, after the way to it.</summary>
    public override string Message => Path.Length == 0 ? base.Message : $"{Path}: {base.Message}";

    /// <summary>The way to what can't travel, from the captured variable or argument inward: <c>job.Stream</c>.</summary>
    public string Path { get; }
}
