using System.Reflection;
using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>A field of a closure that travels.</summary>
internal sealed class ClosureField(FieldInfo info, ClosurePlan? nested)
{
    /// <summary>The field.</summary>
    public FieldInfo Info { get; } = info;

    /// <summary>The plan of the closure in the field, or null when it holds a captured value.</summary>
    public ClosurePlan? Nested { get; } = nested;

    /// <summary>The variable as the source names it; empty in ActorParallel's own wrappers around a user's function.</summary>
    public string Name { get; } = info.Module == typeof(ClosureField).Module ? "" : CompilerNames.Variable(info.Name);

    /// <summary>The codec of the variable's declared type.</summary>
    public Codec Codec => field ??= Codecs.For(Info.FieldType);

    /// <summary>Writes a value of the variable.</summary>
    public void Write(PayloadWriter writer, object? value)
    {
        if (Name.Length > 0) writer.Enter(Name);
        if (Info.FieldType.IsPointer || Info.FieldType.IsFunctionPointer)
        {
            throw writer.Refusal($"A {CompilerNames.Display(Info.FieldType)} points into this process and can't travel; pass what it points to.");
        }

        Codec.WriteObject(writer, value);
        if (Name.Length > 0) writer.Leave();
    }
}
