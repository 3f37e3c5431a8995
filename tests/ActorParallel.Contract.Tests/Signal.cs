namespace ActorParallel.Contract.Tests;

/// <summary>A gate that works across processes: a file that is there or not.</summary>
public sealed record Signal(string Path) : IDisposable
{
    static readonly ManualResetEventSlim s_never = new();

    public static Signal New() => new(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"ap-signal-{Guid.NewGuid():N}"));

    public bool IsSet => File.Exists(Path);

    public void Set() => File.WriteAllText(Path, "");

    /// <summary>Waits in a task; a cancelled task ends with <see cref="OperationCanceledException"/>.</summary>
    public bool Wait()
    {
        var token = TaskContext.Current!.CancellationToken;
        while (!IsSet)
        {
            token.WaitHandle.WaitOne(5);
            token.ThrowIfCancellationRequested();
        }
        return true;
    }

    /// <summary>Waits in a task, whatever its token says.</summary>
    public bool WaitStubbornly()
    {
        while (!IsSet) s_never.Wait(5);
        return true;
    }

    // Whoever still waits is let go.
    public void Dispose() => Set();
}
