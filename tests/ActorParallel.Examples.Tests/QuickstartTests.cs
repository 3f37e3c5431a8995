namespace ActorParallel.Examples.Tests;

public sealed class QuickstartTests
{
    [Fact]
    public async Task Every_program_says_what_it_gave()
    {
        using var quickstart = await Started.RunAsync("Quickstart", "--threads", "2", "--processes", "2", "--limit", "50000");
        Assert.Equal((0, ""), (quickstart.ExitCode, quickstart.Error));
        var output = quickstart.Output;

        Assert.Contains("I'm process ", output);
        foreach (var id in (int[])[1, 2, 3]) Assert.Contains($"I'm the process with id: {id}\n", output);
        Assert.Contains("exit code -9", output);
        Assert.Equal(2, quickstart.Lines.Count(line => line.EndsWith("→ [0, 1, 4, 9, 16]", StringComparison.Ordinal)));
        Assert.Equal(2, quickstart.Lines.Count(line => line.EndsWith("1000 values, the last is 998001", StringComparison.Ordinal)));
        Assert.Contains("1 process(es), this one", output);
        Assert.Contains("process(es), none of them this one", output);
        Assert.Contains("20000 readings, the warmest 39.9 °C", output);
        Assert.Contains("values [100, 50, 0, 25], item 2 failed: DivideByZeroException", output);
        Assert.Contains("succeeded at attempt 3", output);
        Assert.Contains("ran for more than its timeout", output);
        Assert.Contains("→ Cancelled", output);
        Assert.Contains("file  MemoryStream  file: A MemoryStream can't travel", output);
        // 5,133 primes below 50,000.
        Assert.Contains("→ 5,133 primes in ", output);
        Assert.Contains("primes on 2 thread(s): 400/400, done", output);
        Assert.Contains("primes on 2 process(es): 400/400, done", output);
        Assert.Equal(2, quickstart.Lines.Count(line => line.Contains("times as fast; serial time / wall time", StringComparison.Ordinal)));
    }
}
