using ActorParallel;

namespace Examples;

// Python:  p = Process(target=f); p.start(); p.join()
static class ProcessPrograms
{
    public static void Run()
    {
        Show.Section("A function in a process of its own: ParallelProcess");
        using var p = new ParallelProcess(() => Console.WriteLine($"  I'm process {Environment.ProcessId}"));
        p.Start();
        p.Join();
        Show.Line("new ParallelProcess(() => …); p.Start(); p.Join()", $"process {p.Pid}, started by {Environment.ProcessId}, ended with exit code {p.ExitCode}");

        Show.Section("A class of processes: override Run");
        Greeter[] greeters = [new(1), new(2), new(3)];
        foreach (var greeter in greeters) greeter.Start();
        foreach (var greeter in greeters) greeter.Join();
        Show.Line("foreach … Start(); foreach … Join()", $"exit codes {string.Join(", ", greeters.Select(g => g.ExitCode))}");

        using var sleeper = new ParallelProcess(() => Task.Delay(Timeout.Infinite));
        sleeper.Start();
        sleeper.Kill();
        sleeper.Join();
        Show.Line("sleeper.Kill(); sleeper.Join()", $"exit code {sleeper.ExitCode}: the signal's number, negative");
    }
}

sealed class Greeter(int id) : ParallelProcess
{
    protected override void Run() => Console.WriteLine($"  I'm the process with id: {id}");
}
