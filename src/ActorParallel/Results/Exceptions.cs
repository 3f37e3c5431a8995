namespace ActorParallel;

/// <summary>
/// Some items of a map failed. All others were finished first, and their values are here: nothing that was computed is thrown away.
/// The inner exception is the failed item's with the lowest index.
/// </summary>
public abstract class ParallelMapException : Exception
{
    private protected ParallelMapException(string message, Exception? innerException, IReadOnlyDictionary<int, Exception> errors)
        : base(message, innerException) => Errors = errors;

    /// <summary>Every failed item's exception, by the item's index in the input.</summary>
    public IReadOnlyDictionary<int, Exception> Errors { get; }
}

/// <summary>A <see cref="ParallelMapException"/> with the values of the items that succeeded.</summary>
/// <typeparam name="T">The type of the map's results.</typeparam>
public sealed class ParallelMapException<T> : ParallelMapException
{
    internal ParallelMapException(T[] values, IReadOnlyDictionary<int, Exception> errors, int firstIndex)
        : base(
            $"{errors.Count} of {values.Length} items failed; the first is item {firstIndex}: {errors[firstIndex].Message} The other values are in Values.",
            errors[firstIndex],
            errors) => Values = values;

    /// <summary>One value an item, in input order; the default value of <typeparamref name="T"/> where the item failed.</summary>
    public IReadOnlyList<T> Values { get; }
}

/// <summary>A task's engines were lost more often than its budget allows, or no engine is left to run it.</summary>
public sealed class EngineLostException : Exception
{
    internal EngineLostException(string message) : base(message)
    {
    }
}

/// <summary>A task killed every engine that ran it, the last time with nothing else on that engine. It is not run again.</summary>
public sealed class TaskQuarantinedException : Exception
{
    internal TaskQuarantinedException(string message, string taskId, int? exitCode, long? peakMemory)
        : base(message)
    {
        TaskId = taskId;
        ExitCode = exitCode;
        PeakMemory = peakMemory;
    }

    /// <summary>The task's id.</summary>
    public string TaskId { get; }

    /// <summary>The exit code of the last engine that ran it; negative: the number of the signal that killed it.</summary>
    public int? ExitCode { get; }

    /// <summary>The last engine's peak memory in bytes, as far as it was known.</summary>
    public long? PeakMemory { get; }
}

/// <summary>A pool can't work any more: its worker initializer kept failing, or its engines can't be started. The inner exception says why.</summary>
public sealed class PoolFaultedException : Exception
{
    internal PoolFaultedException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}

/// <summary>Nothing can ever run a task: no engine has what it asks for, or what it comes after ended another way. The message says which.</summary>
public sealed class UnschedulableException : Exception
{
    internal UnschedulableException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}

/// <summary>
/// Throw it in a task that finds that it can't run on its engine (a device, a file, a library is missing): the task moves to another engine at once, never to one
/// where it has been, and none of its retries is used. When it has refused every engine that is there, it ends with an <see cref="UnschedulableException"/>
/// that says what each time was missing. For a check before the function is called see <see cref="TaskOptions.Requires"/>.
/// </summary>
/// <remarks>
/// In a map it is the item that moves. In a pool of threads there is no other engine; in a call of a <see cref="DirectView"/> it is an exception like any other.
/// IPython Parallel calls this a functional dependency, and Dask a reschedule.
/// </remarks>
/// <example>
/// <code>
/// double[] Solve(Problem problem) =>
///     File.Exists("/opt/solver/license") ? Run(problem) : throw new UnsuitableEngineException("the solver has no license here");
/// </code>
/// </example>
public sealed class UnsuitableEngineException : Exception
{
    /// <summary>Makes the exception.</summary>
    public UnsuitableEngineException() : this("The task can't run on this engine.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is missing on the engine.</param>
    public UnsuitableEngineException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is missing on the engine.</param>
    /// <param name="innerException">What told so.</param>
    public UnsuitableEngineException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>What a task ends with whose engines are all unsuitable.</summary>
    internal UnschedulableException Everywhere(AsyncResult result, string? each = null) => new(
        $"Task {result.Id}{Results.TaskEnds.Named(result)} can't be run, because it found that no engine suits it: {each ?? Message}", this);
}

/// <summary>A view has no engines.</summary>
public sealed class NoEnginesException : InvalidOperationException
{
    internal NoEnginesException(string message) : base(message)
    {
    }
}

/// <summary>A call failed on some of several engines. The inner exception is that of the engine with the lowest id.</summary>
public sealed class EnginesException : Exception
{
    internal EnginesException(int engines, IReadOnlyDictionary<int, Exception> errors)
        : base(Describe(engines, errors), errors.MinBy(e => e.Key).Value) => Errors = errors;

    /// <summary>The exception of each engine that failed, by the engine's id.</summary>
    public IReadOnlyDictionary<int, Exception> Errors { get; }

    static string Describe(int engines, IReadOnlyDictionary<int, Exception> errors)
    {
        const int shown = 4;
        var some = errors.OrderBy(e => e.Key).Take(shown).Select(e => $"engine {e.Key}: {e.Value.GetType().Name}: {e.Value.Message}");
        return $"{errors.Count} of {engines} engines failed: {string.Join("; ", some)}{(errors.Count > shown ? $"; and {errors.Count - shown} more" : "")}";
    }
}
