namespace ActorParallel.Payloads;

/// <summary>The byte before an object.</summary>
internal static class Marker
{
    /// <summary>No object.</summary>
    public const byte Null = 0;

    /// <summary>A new object of the declared type; its content follows.</summary>
    public const byte New = 1;

    /// <summary>An object met before; its number follows.</summary>
    public const byte Back = 2;

    /// <summary>A new object of another type; the type and the content follow.</summary>
    public const byte Typed = 3;
}
