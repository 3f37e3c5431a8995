using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>A captured variable that travels with a function.</summary>
/// <param name="Name">As the source names it; <c>this</c> for the object.</param>
/// <param name="Type">Its declared type.</param>
/// <param name="Path">What a refusal calls it; empty in ActorParallel's own wrappers around a user's function.</param>
internal readonly record struct CapturedVariable(string Name, Type Type, string Path);

/// <summary>Watches captured values as they are written.</summary>
internal interface ICaptureObserver
{
    /// <summary>Calls <paramref name="write"/> to write the value, or doesn't.</summary>
    void Value(string name, Type type, PayloadWriter writer, Action<PayloadWriter> write);
}
