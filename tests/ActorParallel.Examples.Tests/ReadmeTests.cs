namespace ActorParallel.Examples.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public async Task The_cluster_session_runs()
    {
        var session = await ReadmeSession.RunAsync().WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        Assert.Equal(4, session.Pids.Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 16).Select(v => v * v), session.Y);
        Assert.Equal([0, 1, 4, 9, 16, 25, 36, 49, 64, 81], session.Squares);
        Assert.Equal((42, 42), (session.Again, session.Anew));
    }

    [Fact]
    public void The_cluster_session_is_the_one_in_README()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "ActorParallel.sln"))) root = root.Parent;
        var ran = Lines(Path.Combine(root.FullName, "tests", "ActorParallel.Examples.Tests", "ReadmeSession.cs"));
        var shown = Lines(Path.Combine(root.FullName, "README.md"));
        var (from, to) = (Array.IndexOf(shown, "### From IPython Parallel to C#"), Array.IndexOf(shown, "### The command"));
        Assert.True(0 < from && from < to);
        var code = false;
        var at = 0;
        foreach (var line in shown[from..to])
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) code = line == "```csharp";
            else if (code && line.Length > 0)
            {
                // In the same order, too.
                var found = Array.IndexOf(ran, line, at);
                Assert.True(found >= 0, $"README has a line that ReadmeSession.cs has not, or not there: {line}");
                at = found + 1;
            }
        }
        Assert.True(at > 0);
    }

    static string[] Lines(string path) => [.. File.ReadLines(path).Select(l => l.Trim())];
}
