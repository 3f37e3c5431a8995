using System.Text.RegularExpressions;

namespace ActorParallel.Examples.Tests;

public sealed class LogSearchTests
{
    [Theory]
    [InlineData("--threads", "2")]
    [InlineData("--processes", "2")]
    public async Task Finds_what_a_plain_loop_finds(string executor, string workers)
    {
        using var folder = new TempFolder();
        var file = folder.File("a.log");
        using var search = await Started.RunAsync("LogSearch", file, "--generate", "700KB", "--pattern", "ERROR mail .* [12]? ms|WARN", "--show", "2", executor, workers);
        Assert.Equal((0, ""), (search.ExitCode, search.Error));

        var lines = File.ReadAllLines(file);
        var expected = lines.Index().Where(l => Regex.IsMatch(l.Item, "ERROR mail .* [12]? ms|WARN")).Select(l => $"{l.Index + 1}: {l.Item}").ToArray();
        Assert.InRange(new FileInfo(file).Length, 700_000, 701_000);
        Assert.Contains($"{expected.Length:N0} of {lines.Length:N0} lines match", search.Lines);
        Assert.Equal(expected[..2], search.Lines.Where(line => line.Contains("WARN", StringComparison.Ordinal) || line.Contains("ERROR", StringComparison.Ordinal)));
        Assert.Matches(@"MB/s, peak memory \d+ MB$", search.Lines[^1]);
    }

    [Fact]
    public async Task A_file_several_times_the_memory_passes_through()
    {
        using var folder = new TempFolder();
        // Its lines as strings take about 120 MB; the heap may have 48.
        using var search = Started.Program("LogSearch", [folder.File("large.log"), "--generate", "60MB", "--threads", "2"], ("DOTNET_GCHeapHardLimit", "0x3000000"));
        await search.EndAsync();
        Assert.Equal((0, ""), (search.ExitCode, search.Error));
        Assert.Contains("lines match", search.Output);
    }

    [Fact]
    public async Task An_empty_file_has_no_matches()
    {
        using var folder = new TempFolder();
        using var search = await Started.RunAsync("LogSearch", folder.File("empty.log", ""));
        Assert.Equal(0, search.ExitCode);
        Assert.Contains("0 of 0 lines match", search.Lines);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused()
    {
        using var refused = await Started.RunAsync("LogSearch", "/no/such/file.log");
        refused.Refuses(1, "There is no file /no/such/file.log");
    }

    [Fact]
    public async Task A_folder_is_refused()
    {
        using var folder = new TempFolder();
        using var refused = await Started.RunAsync("LogSearch", folder.Path);
        refused.Refuses(1, "is a folder");
    }
}
