using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ActorParallel.Processes;

/// <summary>A child on Windows, in a job object that the system ends with this program (KILL_ON_JOB_CLOSE).</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsChild : OsChild
{
    static readonly Lazy<nint> Job = new(MakeJob);

    readonly Process process;
    readonly int pid;

    WindowsChild(Process process)
    {
        this.process = process;
        pid = process.Id;
        _ = WaitAsync();
    }

    public override int Pid => pid;

    public override Stream Input => process.StandardInput.BaseStream;

    public override Stream? Output => process.StartInfo.RedirectStandardOutput ? process.StandardOutput.BaseStream : null;

    public override Stream? Error => process.StartInfo.RedirectStandardError ? process.StandardError.BaseStream : null;

    public static WindowsChild Start(string file, string[] arguments, IDictionary<string, string> environment, bool captureOutput, bool captureError)
    {
        ProcessStartInfo info = new(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = captureOutput,
            RedirectStandardError = captureError,
        };
        info.Environment.Clear();
        foreach ((string name, string value) in environment)
            info.Environment[name] = value;
        Process process = Process.Start(info)
            ?? throw new IOException($"A child process can't start: '{file}' did not start.");
        _ = AssignProcessToJobObject(Job.Value, process.Handle);
        return new WindowsChild(process);
    }

    public override bool Signal(int signal) => Kill(tree: false);

    public override bool KillTree() => Kill(tree: true);

    public override long? PeakBytes()
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public override void Dispose()
    {
        process.StandardInput.BaseStream.Dispose();
        if (Exited.IsCompleted)
            process.Dispose();
    }

    bool Kill(bool tree)
    {
        try
        {
            process.Kill(tree);
            return true;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    async Task WaitAsync()
    {
        await process.WaitForExitAsync().ConfigureAwait(false);
        ExitSource.SetResult(new ChildExit(process.ExitCode, null, Stopwatch.GetTimestamp(), PeakBytes(), process.TotalProcessorTime));
    }

    static unsafe nint MakeJob()
    {
        const int extendedLimits = 9;
        const uint killOnJobClose = 0x2000;
        nint job = CreateJobObjectW(0, 0);
        ExtendedLimits limits = new() { Flags = killOnJobClose };
        _ = SetInformationJobObject(job, extendedLimits, &limits, (uint)sizeof(ExtendedLimits));
        return job;
    }

    /// <summary>JOBOBJECT_EXTENDED_LIMIT_INFORMATION of winnt.h, of which only the flags are set.</summary>
    [StructLayout(LayoutKind.Sequential)]
    unsafe struct ExtendedLimits
    {
        public long ProcessTime, JobTime;
        public uint Flags;
        public nuint Minimum, Maximum;
        public uint Processes;
        public nuint Affinity;
        public uint Priority, Scheduling;
        public fixed ulong Counters[6];
        public nuint ProcessMemory, JobMemory, PeakProcess, PeakJob;
    }

    [LibraryImport("kernel32")]
    private static partial nint CreateJobObjectW(nint attributes, nint name);

    [LibraryImport("kernel32")]
    private static unsafe partial int SetInformationJobObject(nint job, int kind, void* information, uint length);

    [LibraryImport("kernel32")]
    private static partial int AssignProcessToJobObject(nint job, nint process);
}
