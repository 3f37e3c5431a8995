using ActorParallel.Profiles;

namespace ActorParallel.Launching;

/// <summary>The last lines an engine wrote, and all of them in a file if wanted. Thread-safe.</summary>
internal sealed class OutputTail : IDisposable
{
    const int Kept = 100;
    readonly Lock _gate = new();
    readonly Queue<string> _lines = new(Kept);
    StreamWriter? _file;

    /// <param name="logFile">Appended to; made for this user alone.</param>
    public OutputTail(string? logFile)
    {
        if (logFile is null)
        {
            return;
        }

        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = PrivateFile.Mode;
        }

        _file = new StreamWriter(logFile, options) { AutoFlush = true };
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(string line)
    {
        lock (_gate)
        {
            if (_lines.Count == Kept)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
            try
            {
                _file?.WriteLine(line);
            }
            catch (IOException e)
            {
                // A full disk must not cost the engine; whoever looks at the lines sees why the file has no more.
                _file = null;
                _lines.Enqueue($"[the log file can't be written any more: {e.Message}]");
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }
}
