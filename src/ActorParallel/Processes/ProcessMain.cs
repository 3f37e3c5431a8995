using System.Globalization;
using System.Runtime.InteropServices;

namespace ActorParallel.Processes;

/// <summary>The engine's executable in the part of a <see cref="ParallelProcess"/>: runs one function and ends.</summary>
internal static class ProcessMain
{
    /// <summary>The word on the command line.</summary>
    public const string Role = "process";

    static readonly TimeSpan TerminateGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs the function the parent hands over; the result is the exit code.</summary>
    public static int Run(int parentId)
    {
        ParentLink link = ParentLink.Open(parentId);
        byte[] message = link.Receive();
        link.Watch();
        AppDomain.CurrentDomain.UnhandledException += (_, failure) => Fail((failure.ExceptionObject as Exception)!);
        try
        {
            ProcessHandOver handOver = ProcessHandOver.Read(message);
            CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(handOver.Culture);
            CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(handOver.UICulture);
            return Call(handOver.Enter(parentId));
        }
        catch (Exception failure)
        {
            Fail(failure);
            return 1;
        }
    }

    static int Call(Delegate function)
    {
        switch (function)
        {
            case Func<int> coded:
                return coded();
            case Func<Task> asynchronous:
                return Wait(asynchronous());
            case Func<CancellationToken, Task> derived:
                return CallDerived(derived);
            default:
                ((Action)function)();
                return Environment.ExitCode;
        }
    }

    static int Wait(Task task)
    {
        task.GetAwaiter().GetResult();
        return task is Task<int> coded ? coded.Result : Environment.ExitCode;
    }

    /// <summary>Terminate cancels the token first; the process still ends by the signal, so that the parent sees what happened.</summary>
    static int CallDerived(Func<CancellationToken, Task> run)
    {
        using CancellationTokenSource terminated = new();
        using PosixSignalRegistration onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            _ = LeaveAsync(terminated);
        });
        try
        {
            return Wait(run(terminated.Token));
        }
        finally
        {
            if (terminated.IsCancellationRequested)
                EndBySignal();
        }
    }

    static async Task LeaveAsync(CancellationTokenSource terminated)
    {
        _ = terminated.CancelAsync();
        await Task.Delay(TerminateGrace).ConfigureAwait(false);
        EndBySignal();
    }

    static void EndBySignal()
    {
        if (OperatingSystem.IsWindows())
            ParentLink.EndNow();
        const nint byDefault = 0;
        _ = Libc.SetSignal(Libc.SigTerm, byDefault);
        _ = Libc.Kill(Environment.ProcessId, Libc.SigTerm);
    }

    static void Fail(Exception failure)
    {
        Console.Out.Flush();
        string name = ParallelProcess.Parent is null ? "A ParallelProcess" : ParallelProcess.Current.Name; // null: before it knew
        Console.Error.WriteLine($"{name} (pid {Environment.ProcessId}) failed: {failure}");
        Environment.Exit(1);
    }
}
