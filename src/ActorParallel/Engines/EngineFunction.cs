using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Engines;

/// <summary>A function as an engine has it: reads a task's captures and argument, calls it and writes its value.</summary>
internal abstract class EngineFunction(FunctionDefinition definition)
{
    protected FunctionDefinition Definition => definition;

    /// <summary>Runs a task. Null: it has ended and its value is written. Otherwise it is asynchronous: write the value when the task has ended.</summary>
    /// <param name="reader">Captured values and argument.</param>
    /// <param name="writer">Gets the value.</param>
    /// <param name="began">Set when all is read and the user's function is called: from there on the task must not be read again.</param>
    public abstract Task? Call(ref PayloadReader reader, PayloadWriter writer, ref bool began);

    public virtual bool IsAsync => false;

    /// <summary>Writes the value of an asynchronous call that has ended well.</summary>
    public virtual void WriteValue(Task task, PayloadWriter writer) => throw new NotSupportedException();

    /// <summary>Reads what a controller sent as a function's definition.</summary>
    public static EngineFunction Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new PayloadReader(bytes);
        var flags = (TaskShape)reader.ReadByte();
        var shape = flags & ~TaskShape.Requiring;
        var definition = FunctionDefinition.Read(ref reader);
        var types = definition.DelegateType.GetGenericArguments();
        if (shape is TaskShape.Apply0Async or TaskShape.Apply1Async or TaskShape.ChunkAsync) types[^1] = types[^1].GetGenericArguments()[0];
        var generic = shape switch
        {
            TaskShape.Apply0 => typeof(Apply0Function<>),
            TaskShape.Apply0Async => typeof(Apply0AsyncFunction<>),
            TaskShape.Apply1 => typeof(Apply1Function<,>),
            TaskShape.Apply1Async => typeof(Apply1AsyncFunction<,>),
            TaskShape.Chunk => typeof(ChunkFunction<,>),
            TaskShape.ChunkAsync => typeof(ChunkAsyncFunction<,>),
            _ => throw new InvalidDataException($"{shape} is not a way to call a function."),
        };
        var function = (EngineFunction)Activator.CreateInstance(generic.MakeGenericType(types), definition)!;
        return flags == shape ? function : new RequiringFunction(definition, function);
    }
}

/// <summary>A function whose tasks ask first whether they can run here.</summary>
internal sealed class RequiringFunction(FunctionDefinition definition, EngineFunction function) : EngineFunction(definition)
{
    public override bool IsAsync => function.IsAsync;

    public override Task? Call(ref PayloadReader reader, PayloadWriter writer, ref bool began)
    {
        var requires = reader.Read<Func<bool>>();
        bool suits;
        try
        {
            suits = requires();
        }
        catch
        {
            began = true;
            throw;
        }
        if (suits) return function.Call(ref reader, writer, ref began);
        began = true;
        throw new UnsuitableEngineException("what it requires is not met");
    }

    public override void WriteValue(Task task, PayloadWriter writer) => function.WriteValue(task, writer);
}

internal sealed class Apply0Function<TResult>(FunctionDefinition definition) : EngineFunction(definition)
{
    public override Task? Call(ref PayloadReader reader, PayloadWriter writer, ref bool began)
    {
        var function = (Func<TResult>)Definition.ReadCaptures(ref reader);
        began = true;
        writer.Write(function());
        return null;
    }
}

internal sealed class Apply1Function<T, TResult>(FunctionDefinition definition) : EngineFunction(definition)
{
    public override Task? Call(ref PayloadReader reader, PayloadWriter writer, ref bool began)
    {
        var function = (Func<T, TResult>)Definition.ReadCaptures(ref reader);
        var argument = reader.Read<T>();
        began = true;
        writer.Write(function(argument));
        return null;
    }
}

internal sealed class ChunkFunction<T, TResult>(FunctionDefinition definition) : EngineFunction(definition)
{
    public override Task? Call(ref PayloadReader reader, PayloadWriter writer, ref bool began)
    {
        var function = (Func<T, TResult>)Definition.ReadCaptures(ref reader);
        var (items, discard) = ChunkWire.ReadItems<T>(ref reader);
        began = true;
        ChunkWire.WriteOutcome(writer, ChunkRunner.Run<T, TResult>(function, items, discard));
        return null;
    }
}

internal abstract class AsyncFunction<TResult>(FunctionDefinition definition) : EngineFunction(definition)
{
    public override bool IsAsync => true;

    public override void WriteValue(Task task, PayloadWriter writer) => writer.Write(((Task<TResult>)task).Result);

    protected static Task<TResult> Checked(Task<TResult>? task) =>
        task ?? throw new InvalidOperationException("The task's async function returned null instead of a Task.");
}

internal sealed class Apply0AsyncFunction<TResult>(FunctionDefinition definition) : AsyncFunction<TResult>(definition)
{
    public override Task? Call(ref PayloadReader reader, PayloadWriter writer, ref bool began)
    {
        var function = (Func<Task<TResult>>)Definition.ReadCaptures(ref reader);
        began = true;
        return Checked(function());
    }
}

internal sealed class Apply1AsyncFunction<T, TResult>(FunctionDefinition definition) : AsyncFunction<TResult>(definition)
{
    public override Task? Call(ref PayloadReader reader, PayloadWriter writer, ref bool began)
    {
        var function = (Func<T, Task<TResult>>)Definition.ReadCaptures(ref reader);
        var argument = reader.Read<T>();
        began = true;
        return Checked(function(argument));
    }
}

internal sealed class ChunkAsyncFunction<T, TResult>(FunctionDefinition definition) : EngineFunction(definition)
{
    public override bool IsAsync => true;

    public override Task? Call(ref PayloadReader reader, PayloadWriter writer, ref bool began)
    {
        var function = (Func<T, Task<TResult>>)Definition.ReadCaptures(ref reader);
        var (items, discard) = ChunkWire.ReadItems<T>(ref reader);
        began = true;
        return ChunkRunner.RunAsync<T, TResult>(function, items, discard);
    }

    public override void WriteValue(Task task, PayloadWriter writer) =>
        ChunkWire.WriteOutcome(writer, ((Task<ChunkOutcome<TResult>>)task).Result);
}
