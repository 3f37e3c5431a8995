namespace ActorParallel.Contract.Tests;

/// <summary>A gate that works across processes: a folder with files that say who has come and whether it is open.</summary>
public sealed record Signal(string Folder) : IDisposable
{
    static readonly ManualResetEventSlim s_never = new();

    public static Signal New() => new(Directory.CreateTempSubdirectory("ap-signal-").FullName);

    /// <summary>How many tasks have come to it.</summary>
    public int Entered => Directory.GetFiles(Folder, "in.*").Length;

    // Whoever still waits when the test has ended is let go.
    bool IsOpen => File.Exists(Path.Combine(Folder, "open")) || !Directory.Exists(Folder);

    public void Set() => File.WriteAllText(Path.Combine(Folder, "open"), "");

    public void Enter() => File.WriteAllText(Path.Combine(Folder, $"in.{Guid.NewGuid():N}"), "");

    /// <summary>Waits in a task; a cancelled task ends with <see cref="OperationCanceledException"/>.</summary>
    public bool Wait()
    {
        Enter();
        var token = TaskContext.Current!.CancellationToken;
        while (!IsOpen)
        {
            token.WaitHandle.WaitOne(5);
            token.ThrowIfCancellationRequested();
        }
        return true;
    }

    /// <summary>Waits in a task, whatever its token says.</summary>
    public bool WaitStubbornly()
    {
        Enter();
        while (!IsOpen) s_never.Wait(5);
        return true;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // Somebody has just come.
            Set();
        }
    }
}
