namespace ActorParallel;

/// <summary>
/// Gives a static method a name by which pools and engines call it. A delegate to the method then travels as this name with the method's
/// parameter and return types instead of as code, so that a client and an engine with different builds understand each other; it also
/// works where no code is taken from clients (<c>allow-code-shipping = off</c>).
/// </summary>
/// <remarks>
/// The engine runs its own method of that name, if it has one in its program, and asks the client for the client's otherwise. A name
/// stands for one method of each signature: two with the same are refused, with both places, when a call comes. The method must be static
/// and neither generic nor in a generic type; a lambda that calls it is code and travels as such.
/// </remarks>
/// <example>
/// <code>
/// static class Tasks
/// {
///     [ParallelTask("prime-count")]
///     public static int CountPrimes(int below) => …;
/// }
///
/// int[] counts = pool.Map(Tasks.CountPrimes, [1_000, 2_000]);
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ParallelTaskAttribute : Attribute
{
    /// <summary>Names the method.</summary>
    /// <param name="name">The name, the same in every build; compared character by character.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or white space.</exception>
    public ParallelTaskAttribute(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <summary>The name.</summary>
    public string Name { get; }
}
