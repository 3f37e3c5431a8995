using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using ActorParallel.Engines;
using ActorParallel.Functions;
using ActorParallel.Payloads;
using ActorParallel.Pools;
using ActorParallel.Scheduling;

namespace ActorParallel.Controllers;

/// <summary>A function that tasks of this pool call: it gets a number, and its definition is sent once to each engine.</summary>
internal sealed class ShippedFunction(int id, FunctionDefinition definition, TaskShape shape, byte[] bytes)
{
    TaskSpec? _plain;
    ProgramHome? _program;
    readonly ConcurrentDictionary<TaskOptions, TaskSpec> _specs = new();

    public int Id => id;

    public FunctionDefinition Definition => definition;

    public TaskShape Shape => shape;

    /// <summary>The definition as an engine reads it.</summary>
    public byte[] Bytes => bytes;

    /// <summary>The program that engines elsewhere read it in. Found when it is first asked for.</summary>
    /// <exception cref="ShippingException">An assembly of the function has no bytes to send.</exception>
    public Guid Program => (_program ??= new ProgramHome(definition)).Id;

    /// <summary>An assembly whose load context knows the types of the function's values; null where all are the process's own.</summary>
    public Assembly? Home => (_program ??= new ProgramHome(definition)).Home;

    /// <summary>One for all tasks of this function with these options: the scheduler measures run times by it.</summary>
    public TaskSpec Spec(TaskOptions options, PoolSettings settings)
    {
        if (ReferenceEquals(options, TaskOptions.Default)) return _plain ??= Make(options, settings);
        // Options made anew for every call must not pile up.
        if (_specs.Count > 256) _specs.Clear();
        return _specs.GetOrAdd(options with { Label = null, ChunkSize = null }, static (o, s) => Make(o, s), settings);
    }

    sealed class ProgramHome(FunctionDefinition definition)
    {
        public Guid Id { get; } = CodeSource.Shared.ProgramOf(definition);

        public Assembly? Home { get; } = definition.Assemblies.FirstOrDefault(a => AssemblyLoadContext.GetLoadContext(a) is { } context && context != AssemblyLoadContext.Default);
    }

    static TaskSpec Make(TaskOptions options, PoolSettings settings) => new()
    {
        Retries = options.Retries,
        EngineLossRetries = settings.EngineLossRetries,
        BackoffBase = settings.RetryBackoff,
        BackoffMax = settings.MaxRetryBackoff,
        RunTimeout = options.Timeout,
        QueueTimeout = options.QueueTimeout,
        Priority = options.Priority,
    };
}

/// <summary>The functions of a pool by definition and shape. Thread-safe.</summary>
internal sealed class FunctionTable
{
    readonly ConcurrentDictionary<(FunctionDefinition, TaskShape), ShippedFunction> _functions = new();
    readonly Lock _gate = new();
    ShippedFunction? _last;
    int _count;

    /// <exception cref="ShippingException">The function can't travel.</exception>
    public ShippedFunction Find(Delegate function, TaskShape shape)
    {
        var definition = FunctionDefinition.Of(function);
        if (_last is { } last && ReferenceEquals(last.Definition, definition) && last.Shape == shape) return last;
        if (!_functions.TryGetValue((definition, shape), out var found)) found = Add(definition, shape);
        return _last = found;
    }

    ShippedFunction Add(FunctionDefinition definition, TaskShape shape)
    {
        using var writer = PayloadWriter.Rent();
        writer.WriteByte((byte)shape);
        definition.Write(writer);
        var bytes = writer.ToArray();
        lock (_gate)
        {
            if (_functions.TryGetValue((definition, shape), out var found)) return found;
            var made = new ShippedFunction(++_count, definition, shape, bytes);
            _functions[(definition, shape)] = made;
            return made;
        }
    }
}
