using System.IO.Compression;
using System.Xml.Linq;

namespace ActorParallel.Packages.Tests;

/// <summary>What users install, used as they use it: outside the repository, from packages alone.</summary>
public sealed class PackageTests(Feed feed) : IClassFixture<Feed>
{
    const int MostLines = 8;

    [Fact]
    public void Packages_have_what_users_look_for()
    {
        Assert.DoesNotContain("warning", feed.PackOutput, StringComparison.OrdinalIgnoreCase);
        var packages = Directory.GetFiles(feed.Packages, "*.nupkg");
        string[] expected = ["ActorParallel", "ActorParallel.Cli", "ActorParallel.Console", "ActorParallel.Engine", "ActorParallel.Hosting"];
        foreach (var name in expected) Assert.Single(packages, p => Path.GetFileName(p).StartsWith($"{name}.0", StringComparison.Ordinal));
        foreach (var package in packages)
        {
            using var content = ZipFile.OpenRead(package);
            Assert.Contains(content.Entries, e => e.FullName == "README.md");
            using var stream = content.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
            var metadata = XDocument.Load(stream).Root!.Elements().Single();
            string Value(string name) => metadata.Elements().Single(e => e.Name.LocalName == name).Value;
            Assert.Equal("MIT", Value("license"));
            Assert.Equal("README.md", Value("readme"));
            Assert.InRange(Value("description").Length, 30, 500);
            Assert.NotEqual("Package Description", Value("description"));
            // They know each other's internals: one of another version is no substitute.
            foreach (var dependency in metadata.Descendants().Where(e => e.Name.LocalName == "dependency" && e.Attribute("id")!.Value.StartsWith("ActorParallel", StringComparison.Ordinal)))
                Assert.Equal($"[{Value("version")}]", dependency.Attribute("version")!.Value);
            using var symbols = ZipFile.OpenRead(Path.ChangeExtension(package, ".snupkg"));
            Assert.Contains(symbols.Entries, e => e.Name == $"{Value("id")}.pdb");
        }
    }

    [Fact]
    public async Task A_new_program_maps_in_processes()
    {
        await feed.RunAsync("Squares", "dotnet", "new", "console");
        await feed.RunAsync("Squares", "dotnet", "add", "package", "ActorParallel.Engine");
        await File.WriteAllTextAsync(Path.Combine(feed.Folder("Squares"), "Program.cs"), """
            using ActorParallel;

            using var pool = ParallelPool.Processes(2);
            var offset = 1;
            Console.WriteLine($"squares {string.Join(' ', pool.Map(x => x * x + offset, Enumerable.Range(0, 5)))}");
            Console.WriteLine($"elsewhere {pool.Apply(() => Environment.ProcessId) != Environment.ProcessId}");
            """);
        var output = await feed.RunAsync("Squares", "dotnet", "run");
        Assert.Equal("squares 1 2 5 10 17\nelsewhere True\n", output);
    }

    [Fact]
    public async Task A_new_web_program_gets_a_pool_and_a_health_endpoint_in_eight_lines()
    {
        await feed.RunAsync("Web", "dotnet", "new", "web");
        var (project, program) = (Path.Combine(feed.Folder("Web"), "Web.csproj"), Path.Combine(feed.Folder("Web"), "Program.cs"));
        var before = Lines(project).Concat(Lines(program)).ToList();
        await feed.RunAsync("Web", "dotnet", "add", "package", "ActorParallel.Hosting");
        var source = await File.ReadAllTextAsync(program);
        source = "using ActorParallel;\n" + source.ReplaceLineEndings("\n").Replace("var app = builder.Build();\n", """
            builder.Services.AddActorParallel();
            builder.Services.AddHealthChecks().AddActorParallel();
            var app = builder.Build();
            app.MapHealthChecks("/health");
            app.MapGet("/squares", async (IParallelExecutor pool) => await pool.MapAsync(x => x * x, [1, 2, 3]));

            """, StringComparison.Ordinal);
        await File.WriteAllTextAsync(program, source);
        var added = Lines(project).Concat(Lines(program)).ToList();
        foreach (var line in before) Assert.True(added.Remove(line), $"The line '{line}' is gone.");
        Assert.InRange(added.Count, 1, MostLines);
        await feed.RunAsync("Web", "dotnet", "build");
        await Serve([]);
        // One line of configuration: here an environment variable.
        await Serve([("ActorParallel__RunOn", "Processes")]);

        async Task Serve((string, string?)[] environment)
        {
            using var web = feed.Start("Web", environment, "dotnet", Path.Combine("bin", "Debug", "net10.0", "Web.dll"), "--urls", "http://127.0.0.1:0");
            var address = await web.SaysAsync("Now listening on: ");
            using var http = new HttpClient { BaseAddress = new Uri(address) };
            Assert.Equal("[1,4,9]", await http.GetStringAsync(new Uri("/squares", UriKind.Relative), TestContext.Current.CancellationToken));
            Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken));
            web.Terminate();
            await web.SucceedAsync();
            Assert.Contains(environment.Length == 0 ? "runs tasks on Threads" : "runs tasks on Processes", web.Output, StringComparison.Ordinal);
            Assert.Contains("has ended all its tasks", web.Output, StringComparison.Ordinal);
        }
    }

    static IEnumerable<string> Lines(string file) => File.ReadLines(file).Select(static l => l.Trim()).Where(static l => l.Length > 0);

    [Fact]
    public async Task The_tool_installs_and_runs_a_cluster()
    {
        await feed.RunAsync("Tool", "dotnet", "tool", "install", "ActorParallel.Cli", "--tool-path", "bin");
        var apcluster = Path.Combine(feed.Folder("Tool"), "bin", OperatingSystem.IsWindows() ? "apcluster.exe" : "apcluster");
        Assert.StartsWith("0.1.0", await feed.RunAsync("Tool", apcluster, "--version"), StringComparison.Ordinal);
        await feed.RunAsync("Tool", apcluster, "start", "-n", "1", "--daemonize");
        try
        {
            var script = Path.Combine(feed.Folder("Tool"), "sum.csx");
            await File.WriteAllTextAsync(script, "Console.WriteLine(tasks.Map(x => x * x, [1, 2, 3]).Sum());");
            Assert.Equal("14", (await feed.RunAsync("Tool", apcluster, "run", script)).Trim());
        }
        finally
        {
            await feed.RunAsync("Tool", apcluster, "stop");
        }
    }
}
