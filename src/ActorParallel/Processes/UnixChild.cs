using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorParallel.Processes;

/// <summary>A child on Linux and macOS, by posix_spawn and wait4: exact exit status, peak memory even after a kill.</summary>
internal sealed unsafe class UnixChild : OsChild
{
    readonly Lock gate = new();
    readonly AnonymousPipeServerStream input;
    readonly AnonymousPipeServerStream? output, error;
    readonly int pid;
    readonly long inheritedPeak;
    long? lastPeak;
    bool reaped;

    UnixChild(int pid, long inheritedPeak, AnonymousPipeServerStream input, AnonymousPipeServerStream? output, AnonymousPipeServerStream? error)
    {
        (this.pid, this.inheritedPeak, this.input, this.output, this.error) = (pid, inheritedPeak, input, output, error);
        new Thread(WaitForExit, 256 * 1024) { IsBackground = true, Name = $"ActorParallel wait {pid}" }.Start();
    }

    public override int Pid => pid;

    public override Stream Input => input;

    public override Stream? Output => output;

    public override Stream? Error => error;

    public static UnixChild Start(string file, string[] arguments, IDictionary<string, string> environment, bool captureOutput, bool captureError)
    {
        AnonymousPipeServerStream input = new(PipeDirection.Out, HandleInheritability.None);
        AnonymousPipeServerStream? output = captureOutput ? new(PipeDirection.In, HandleInheritability.None) : null;
        AnonymousPipeServerStream? error = captureError ? new(PipeDirection.In, HandleInheritability.None) : null;
        try
        {
            // The kernel starts a child's high-water mark at its parent's when they share memory until exec.
            long inherited = ReadPeak("/proc/self/status") ?? 0;
            int pid = StarterThread.Run(() => Spawn(file, [file, .. arguments], [.. environment.Select(v => $"{v.Key}={v.Value}")], Ends(input), Ends(output), Ends(error)));
            return new UnixChild(pid, inherited, input, output, error);
        }
        catch
        {
            input.Dispose();
            output?.Dispose();
            error?.Dispose();
            throw;
        }
        finally
        {
            // Only the child may hold these, or the end of one side would go unnoticed by the other.
            input.DisposeLocalCopyOfClientHandle();
            output?.DisposeLocalCopyOfClientHandle();
            error?.DisposeLocalCopyOfClientHandle();
        }
    }

    public override bool Signal(int signal)
    {
        lock (gate)
            return !reaped && Libc.Kill(pid, signal) == 0;
    }

    public override bool KillTree()
    {
        lock (gate)
        {
            if (reaped)
                return false;
            try
            {
                using Process process = Process.GetProcessById(pid);
                process.Kill(entireProcessTree: true);
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception or AggregateException)
            {
                // Already a zombie, or one of the tree went first.
            }
            return Libc.Kill(pid, Libc.SigKill) == 0;
        }
    }

    public override long? PeakBytes()
    {
        lock (gate)
        {
            if (!reaped && ReadPeak($"/proc/{pid}/status") is { } now)
                lastPeak = now;
            return lastPeak;
        }
    }

    public override void Dispose()
    {
        input.Dispose();
        output?.Dispose();
        error?.Dispose();
    }

    static int Ends(AnonymousPipeServerStream? pipe) => pipe is null ? -1 : (int)pipe.ClientSafePipeHandle.DangerousGetHandle();

    static int Spawn(string file, string[] arguments, string[] environment, int input, int output, int error)
    {
        const short setDefaults = 4, setMask = 8;
        byte* actions = stackalloc byte[1024];
        byte* attributes = stackalloc byte[1024];
        byte* signals = stackalloc byte[256];
        byte** argv = Strings(arguments);
        byte** envp = Strings(environment);
        _ = Libc.ActionsInit(actions);
        _ = Libc.AttributesInit(attributes);
        try
        {
            _ = Libc.ActionsDuplicate(actions, input, 0);
            if (output >= 0)
                _ = Libc.ActionsDuplicate(actions, output, 1);
            if (error >= 0)
                _ = Libc.ActionsDuplicate(actions, error, 2);

            // A program that ignores or blocks SIGTERM must not have children that can't be terminated.
            _ = Libc.EmptySet(signals);
            _ = Libc.AttributesMask(attributes, signals);
            _ = Libc.AddToSet(signals, Libc.SigTerm);
            _ = Libc.AttributesDefaults(attributes, signals);
            _ = Libc.AttributesFlags(attributes, setDefaults | setMask);

            int pid;
            int failure = Libc.Spawn(&pid, argv[0], actions, attributes, argv, envp);
            if (failure != 0)
                throw new IOException($"A child process can't start: '{file}' gave '{Marshal.GetPInvokeErrorMessage(failure)}'; see the limits on processes, open files and memory (ulimit -a).");
            return pid;
        }
        finally
        {
            _ = Libc.ActionsDestroy(actions);
            _ = Libc.AttributesDestroy(attributes);
            Free(argv);
            Free(envp);
        }
    }

    static byte** Strings(string[] values)
    {
        byte** list = (byte**)NativeMemory.Alloc((nuint)(values.Length + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < values.Length; i++)
            list[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
        list[values.Length] = null;
        return list;
    }

    static void Free(byte** list)
    {
        for (byte** at = list; *at is not null; at++)
            Marshal.FreeCoTaskMem((nint)(*at));
        NativeMemory.Free(list);
    }

    void WaitForExit()
    {
        const int byPid = 1, exited = 4;
        int leaveZombie = OperatingSystem.IsMacOS() ? 0x20 : 0x01000000;
        byte* info = stackalloc byte[256];
        byte* usage = stackalloc byte[256];
        int status = 0, taken;

        // First only look, so that between reaping and saying so no signal can go to a process that took the id.
        while (Libc.WaitId(byPid, pid, info, exited | leaveZombie) != 0 && Marshal.GetLastPInvokeError() == Libc.Eintr)
        {
        }
        lock (gate)
        {
            do
                taken = Libc.Wait4(pid, &status, 0, usage);
            while (taken < 0 && Marshal.GetLastPInvokeError() == Libc.Eintr);
            reaped = true;
        }
        ExitSource.SetResult(taken == pid ? Decode(status, usage) : new ChildExit(255, null, Stopwatch.GetTimestamp(), lastPeak, TimeSpan.Zero));
    }

    ChildExit Decode(int status, byte* usage)
    {
        long* figures = (long*)usage;
        int userMicros = *(int*)(figures + 1), kernelMicros = *(int*)(figures + 3);
        TimeSpan cpu = TimeSpan.FromSeconds(figures[0] + figures[2]) + TimeSpan.FromMicroseconds((double)userMicros + kernelMicros);
        long highest = OperatingSystem.IsMacOS() ? figures[4] : figures[4] * 1024;
        long? peak = highest > inheritedPeak ? highest : lastPeak;
        int signal = status & 0x7f;
        return signal == 0
            ? new ChildExit((status >> 8) & 0xff, null, Stopwatch.GetTimestamp(), peak, cpu)
            : new ChildExit(128 + signal, signal, Stopwatch.GetTimestamp(), peak, cpu);
    }

    static long? ReadPeak(string file)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            foreach (string line in File.ReadLines(file, Encoding.UTF8))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal)
                    && long.TryParse(line.AsSpan(6, line.Length - 8).Trim(), out long kilobytes))
                    return kilobytes * 1024;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
        }
        return null;
    }
}
