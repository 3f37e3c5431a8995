using System.Runtime.CompilerServices;
using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>Delegates inside values and captures: the definition once in a payload, then the captured values of each.</summary>
internal sealed class DelegateCodec<T> : Codec<T?> where T : Delegate
{
    public override void Write(PayloadWriter writer, T? value)
    {
        if (value is null)
        {
            writer.WriteReference(null);
            return;
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw writer.Refusal("Functions that capture functions are nested too deeply to travel; put them in a list.");
        }

        var definition = FunctionDefinition.TryOf(value, out string? problem) ?? throw writer.Refusal(problem!);
        if (!writer.WriteReference(definition)) definition.Write(writer);
        definition.WriteCaptures(writer, value);
    }

    public override T? Read(ref PayloadReader reader)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!reader.ReadReference(out object? definition))
        {
            definition = FunctionDefinition.Read(ref reader);
            reader.Register(definition);
        }

        return definition is null ? null
            : (definition as FunctionDefinition)?.ReadCaptures(ref reader) as T
            ?? throw reader.Corrupt($"something else is where a {CompilerNames.Display(typeof(T))} should be");
    }
}
