namespace ActorParallel.Examples.Tests;

/// <summary>The programs on clusters: what they compute is right, whoever computes.</summary>
public sealed class ClusterExampleTests
{
    [Fact]
    public async Task The_IPython_session_gives_what_Python_gives()
    {
        using var session = await Started.RunAsync("IPythonSession");
        Assert.True(session.ExitCode == 0, session.Error + session.Output);
        foreach (var line in (string[])
            [
                "client.Ids → [0, 1, 2, 3]",
                "even.Targets → [0, 2]",
                "all.Pull<int>(\"a\") → [1, 1, 1, 1]",
                "first.Pull<int>(\"a\") → 1",
                "all[\"a\"] → [5, 5, 5, 5]",
                "all.Pull<int>(\"a\") → [100, 5, 100, 5]",
                "all.Evaluate<double>(\"Scaled(a)\") → [250, 12.5, 250, 12.5]",
                "first.Pull<int[]>(\"x\") → [0, 1, 2, 3]",
                "first.Pull<int[]>(\"turns\") → [0, 4, 8, 12]",
                "all.Apply(x => x * factor, 7) → [70, 70, 70, 70]",
                "all.Apply(Sum, EnginesView.Reference<int[]>(\"x\")) → [6, 22, 38, 54]",
                "said.Outputs[3] → hello from engine 3",
                "e.Errors[1] → FormatException: engine 1 can't read this",
                "e.Errors[3] → FormatException: engine 3 can't read this",
                "tasks.Map(x => x * x, Enumerable.Range(0, 10)) → [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]",
                "one.Get() → 1",
                "tasks.With(retries: 3).ApplyAsync(Flaky) → succeeded at attempt 3",
                "await tasks.With(after: some).ApplyAsync(() => \"after all of them\") → \"after all of them\"",
                "await client.GetResult<int>(report.Id) → 42",
                "await client.Resubmit<int>(report.Id) → 42",
            ])
            Assert.Contains(line, Squeezed(session));
        Assert.DoesNotContain(session.Lines, line => line.Contains("e.Errors[0]", StringComparison.Ordinal));
        Assert.Contains("slow: 40/40, done", session.Error);
    }

    [Fact]
    public async Task The_sweep_depends_on_the_seed_and_not_on_the_engines()
    {
        string[] small = ["--rates", "4", "--people", "500", "--runs", "5"];
        using var one = await Started.RunAsync("ParameterSweep", [.. small, "--engines", "1"]);
        using var three = await Started.RunAsync("ParameterSweep", [.. small, "--engines", "3"]);
        using var other = await Started.RunAsync("ParameterSweep", [.. small, "--engines", "1", "--seed", "2"]);
        Assert.All([one, three, other], run => Assert.True(run.ExitCode == 0, run.Error));
        Assert.Equal(["rate", "infected", "days", "peak", "day", "ill", "at", "peak"], one.Lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(6, one.Lines.Length);
        Assert.Equal(one.Lines[..5], three.Lines[..5]);
        Assert.NotEqual(one.Lines[..5], other.Lines[..5]);
        Assert.StartsWith("0.020", one.Lines[1]);
        Assert.StartsWith("0.500     100.0%", one.Lines[4]);
        Assert.Contains("10/10 tasks, the last was '", three.Error);
    }

    [Fact]
    public async Task Word_frequencies_are_the_same_on_any_number_of_engines()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("below"));
        folder.File("a.txt", "The cat and the dog.\nTHE END");
        folder.File("below/b.txt", "cat's eye; été ÉTÉ");
        folder.File("c.txt", "");
        // More engines than files: some have nothing to do.
        using var count = await Started.RunAsync("WordFrequencies", folder.Path, "--top", "3", "--engines", "4");
        Assert.True(count.ExitCode == 0, count.Error);
        Assert.Equal(3, count.Lines.Count(l => l.StartsWith("engine ", StringComparison.Ordinal)));
        Assert.StartsWith("3 files, 12 words, 8 different", count.Lines[3]);
        Assert.Equal(["         3  the", "         2  cat", "         2  été"], count.Lines[4..]);
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_is_named_with_its_reason()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var folder = new TempFolder();
        folder.File("a.txt", "one two two");
        File.CreateSymbolicLink(folder.File("gone.txt"), "/nowhere/at/all");
        using var count = await Started.RunAsync("WordFrequencies", folder.Path, "--engines", "2");
        Assert.Equal(1, count.ExitCode);
        Assert.Contains("         2  two", count.Lines);
        Assert.Contains("1 file(s) could not be read; the first: " + folder.File("gone.txt"), count.Error);
    }

    // The counts of the first 10,000 digits stand in every table of pi's statistics.
    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public async Task Digits_of_pi_are_those_of_the_tables(string engines)
    {
        using var pi = await Started.RunAsync("PiDigits", "--digits", "10000", "--engines", engines);
        Assert.True(pi.ExitCode == 0, pi.Error);
        Assert.Equal("pi = 3.14159265358979323846264338327950288419716939937510", pi.Lines[0]);
        Assert.EndsWith("5678", pi.Lines[1]);
        Assert.Contains("digits: 0:968 1:1026 2:1021 3:974 4:1012 5:1046 6:1021 7:970 8:948 9:1014", pi.Lines);
        Assert.Contains(pi.Lines, line => line.StartsWith("9,999 pairs counted on " + engines, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1", "50", "40")]
    [InlineData("3", "50", "40")]
    [InlineData("4", "11", "7")]
    [InlineData("2", "8", "0")]
    public async Task The_wave_is_the_one_process_s_wave(string engines, string size, string steps)
    {
        using var wave = await Started.RunAsync("WaveEquation", "--size", size, "--steps", steps, "--engines", engines);
        Assert.True(wave.ExitCode == 0, wave.Error + wave.Output);
        Assert.Equal("the greatest difference between the two is 0", wave.Lines[^1]);
        Assert.Contains($"{size} x {size} points, {steps} steps: ", wave.Lines[^2]);
        Assert.Contains($" s on {engines} engines", wave.Lines[^2]);
    }

    static string[] Squeezed(Started program) =>
        [.. program.Lines.Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}
