namespace ActorParallel.Examples.Tests;

public sealed class WordCountTests
{
    [Theory]
    [InlineData("--threads")]
    [InlineData("--processes")]
    public async Task Counts_the_words_of_all_text_files(string executor)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("below"));
        folder.File("a.txt", "The cat and the dog.\nTHE END");
        folder.File("below/b.txt", "cat's eye; été ÉTÉ");
        folder.File("picture", "the\0the");
        folder.File(".hidden", "the the the");

        using var count = await Started.RunAsync("WordCount", folder.Path, "--top", "3", executor, "2");
        Assert.Equal(0, count.ExitCode);
        Assert.StartsWith("3 files, 12 words, 8 different", count.Lines[0]);
        Assert.Equal(["         3  the", "         2  cat", "         2  été"], count.Lines[1..]);
    }

    [Fact]
    public async Task By_default_counts_its_own_sources()
    {
        using var count = await Started.RunAsync("WordCount");
        Assert.Equal(0, count.ExitCode);
        Assert.Equal(21, count.Lines.Length);
        Assert.Contains(count.Lines, line => line.EndsWith("  public", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_does_not_lose_the_others()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var folder = new TempFolder();
        folder.File("a.txt", "one two two");
        File.CreateSymbolicLink(folder.File("gone.txt"), "/nowhere/at/all");
        using var count = await Started.RunAsync("WordCount", folder.Path);
        Assert.Equal(1, count.ExitCode);
        Assert.Contains("         2  two", count.Lines);
        Assert.Contains("1 file(s) could not be read; the first is " + folder.File("gone.txt"), count.Error);
        Assert.DoesNotContain("   at ", count.Error);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_refused()
    {
        using var refused = await Started.RunAsync("WordCount", "/no/such/folder");
        refused.Refuses(1, "There is no folder /no/such/folder.");
    }

    [Fact]
    public async Task An_empty_folder_is_refused()
    {
        using var folder = new TempFolder();
        using var refused = await Started.RunAsync("WordCount", folder.Path);
        refused.Refuses(1, "There are no files in");
    }
}
