namespace ActorParallel.Engines;

/// <summary>A script's variable, which the namespace shows as one of its values.</summary>
internal interface INamespaceVariable
{
    object? Value { get; }

    /// <returns>False: the variable can't hold that value.</returns>
    bool TrySet(object? value);

    /// <summary>Lets the value go.</summary>
    void Clear();
}
