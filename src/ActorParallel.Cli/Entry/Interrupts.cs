using System.Runtime.InteropServices;

namespace ActorParallel.Cli;

/// <summary>Ctrl-C and its like: the first asks the command to end, the second ends the process. A prompt takes them itself.</summary>
internal sealed partial class Interrupts : IDisposable
{
    readonly List<PosixSignalRegistration> _registrations = [];
    readonly CancellationTokenSource _source = new();
    int _count;

    public Interrupts()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt));
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
            _registrations.Add(PosixSignalRegistration.Create(signal, OnTerminate));
    }

    /// <summary>Somebody wants the command to end.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Ctrl-C, not a service manager's request.</summary>
    public bool Interrupted => Volatile.Read(ref _count) > 0;

    /// <summary>What a prompt does at Ctrl-C, instead of all else; false ends the process.</summary>
    public Func<bool>? OnPrompt { get; set; }

    void OnInterrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        if (OnPrompt is { } prompt)
        {
            if (!prompt()) EndNow(ExitCodes.Interrupted);
            return;
        }
        if (Interlocked.Increment(ref _count) > 1) EndNow(ExitCodes.Interrupted);
        _ = _source.CancelAsync();
    }

    void OnTerminate(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested) EndNow(ExitCodes.Interrupted);
        _ = _source.CancelAsync();
    }

    /// <summary>Ends this process without asking anybody; its children end with it.</summary>
    public static void EndNow(int code)
    {
        if (!OperatingSystem.IsWindows()) EndProcess(code);
        Environment.Exit(code);
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndProcess(int code);
}
