using System.Diagnostics;
using ActorParallel.Processes;

namespace ActorParallel.Tests.Processes;

/// <summary>What the tests of this folder see processes by.</summary>
internal static class Probe
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>A path for a child to write to, in a folder of its own.</summary>
    public static string NewFile() => Path.Combine(Directory.CreateTempSubdirectory("ap-process").FullName, "note");

    /// <summary>Written whole or not at all.</summary>
    public static void Write(string file, string text)
    {
        File.WriteAllText(file + ".part", text);
        File.Move(file + ".part", file, overwrite: true);
    }

    public static async Task<string> ReadAsync(string file)
    {
        await UntilAsync(() => File.Exists(file), $"'{file}' was written");
        return await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
    }

    public static async Task UntilAsync(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > (limit ?? Limit))
                Assert.Fail($"Not within {limit ?? Limit}: {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Whether nothing of it runs any more. An orphan's zombie is its new parent's affair.</summary>
    public static bool IsGone(int pid) => State(pid) is null or 'Z' or 'X';

    /// <summary>The state letter of /proc; null if there is no such process.</summary>
    public static char? State(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static void Forever()
    {
        using ManualResetEvent never = new(false);
        never.WaitOne();
    }

    public static ChildStart StartOf(Action run) => new() { Role = ProcessMain.Role, HandOver = ProcessHandOver.For(new ParallelProcess(run)) };
}
