namespace ActorParallel.TestKit;

/// <summary>Who sends or receives in an <see cref="InProcessCluster"/>.</summary>
public readonly record struct Party
{
    readonly int _number;

    Party(int number) => _number = number;

    /// <summary>The controller.</summary>
    public static Party Controller { get; } = new(0);

    /// <summary>Every client.</summary>
    public static Party Clients { get; } = new(-1);

    /// <summary>Every engine.</summary>
    public static Party Engines { get; } = new(-2);

    /// <summary>One engine.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative.</exception>
    public static Party Engine(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        return new(id + 1);
    }

    /// <summary>The engine's id; null for others.</summary>
    public int? EngineId => _number > 0 ? _number - 1 : null;

    /// <summary>Whether it is the other one, or one of them.</summary>
    internal bool IsOf(Party other) => this == other || (other == Engines && _number > 0);

    /// <summary>For messages.</summary>
    public override string ToString() => _number switch
    {
        0 => "the controller",
        -1 => "a client",
        -2 => "an engine",
        _ => $"engine {EngineId}",
    };
}
