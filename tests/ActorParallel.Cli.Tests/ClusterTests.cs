namespace ActorParallel.CliTests;

/// <summary>One cluster's life, by commands alone.</summary>
public sealed class ClusterTests : IAsyncDisposable
{
    readonly Apc _apc = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_the_background_from_start_to_stop()
    {
        var started = await _apc.RunAsync("start", "-n", "2", "--daemonize", "--tags", "fast,local", "--json");
        Assert.True(started.Code == 0, started.Error);
        Assert.Equal(2, started.Json.GetProperty("engines").GetArrayLength());
        Assert.Equal("fast", started.Json.GetProperty("engines")[0].GetProperty("tags")[0].GetString());

        // A second one is refused, and does the first no harm.
        var second = await _apc.RunAsync("start", "-n", "1", "--daemonize");
        Assert.Equal(1, second.Code);
        Assert.Contains("already runs in profile 'default'", second.Error, StringComparison.Ordinal);
        var cleaned = await _apc.RunAsync("clean");
        Assert.Equal(1, cleaned.Code);
        Assert.Contains("apcluster stop", cleaned.Error, StringComparison.Ordinal);

        var added = await _apc.RunAsync("engines", "add", "1");
        Assert.True(added.Code == 0, added.Error);
        var status = (await _apc.RunAsync("status", "--json")).Json;
        var engines = status.GetProperty("cluster").GetProperty("engines");
        Assert.Equal([0, 1, 2], engines.EnumerateArray().Select(e => e.GetProperty("id").GetInt32()));
        Assert.Equal(0, status.GetProperty("ready").GetInt32());
        int[] processes =
        [
            status.GetProperty("cluster").GetProperty("controllerProcessId").GetInt32(),
            .. engines.EnumerateArray().Select(e => e.GetProperty("processId").GetInt32()),
            (await _apc.RunAsync("list", "--json")).Json.GetProperty("profiles")[0].GetProperty("ownerProcessId").GetInt32(),
        ];
        Assert.All(processes, pid => Assert.True(Apc.Lives(pid)));

        var missing = await _apc.RunAsync("engines", "restart", "7");
        Assert.Equal(1, missing.Code);
        Assert.Equal("There is no engine 7: the cluster has 0, 1, 2.", missing.Error.Trim());
        Assert.Equal(0, (await _apc.RunAsync("engines", "remove", "2")).Code);

        await ScriptAsync();
        await PromptAsync();
        await LiveAsync();

        var top = (await _apc.RunAsync("top", "--json")).Json;
        Assert.Equal(2, top.GetProperty("engines").GetArrayLength());
        var logs = (await _apc.RunAsync("logs", "--engine", "1", "--json")).Json.GetProperty("lines");
        Assert.Contains(logs.EnumerateArray(), l => l.GetProperty("text").GetString() == "hello from an engine");
        var export = await _apc.RunAsync("profile", "export", "--out", "engine.json");
        Assert.Equal(1, export.Code);
        Assert.Contains("listens to this machine alone", export.Error, StringComparison.Ordinal);

        var stopped = await _apc.RunAsync("stop", "--all", "--json");
        Assert.True(stopped.Code == 0, stopped.Error);
        Assert.Equal("default", stopped.Json.GetProperty("stopped")[0].GetString());
        Assert.All(processes, pid => Assert.False(Apc.Lives(pid)));
        Assert.Equal("stopped", (await _apc.RunAsync("list", "--json")).Json.GetProperty("profiles")[0].GetProperty("state").GetString());
    }

    async Task ScriptAsync()
    {
        var script = Path.Combine(_apc.Home, "work.csx");
        await File.WriteAllTextAsync(
            script,
            """
            int factor = int.Parse(args[0]);
            int[] products = tasks.Map(x => x * factor, new[] { 1, 2, 3 });
            Console.WriteLine(string.Join(" ", products));
            await all.ExecuteAsync("int a = 20 + 1;");
            Console.WriteLine(string.Join(" ", await all.PullAsync<int>("a")));
            """, Token);
        var ran = await _apc.RunAsync("run", script, "7");
        Assert.Equal("", ran.Error);
        Assert.Equal("7 14 21\n21 21\n", ran.Out);
        Assert.Equal(0, ran.Code);

        await File.WriteAllTextAsync(script, "int a = 1;\nthrow new InvalidOperationException(\"no good\");", Token);
        var failed = await _apc.RunAsync("run", script);
        Assert.Equal((1, $"{script}(2): InvalidOperationException: no good"), (failed.Code, failed.Error.Trim()));

        await File.WriteAllTextAsync(script, "Console.WriteLine(\"waiting\");\nawait Task.Delay(Timeout.Infinite);", Token);
        using var waiting = _apc.Start("run", script);
        Assert.Equal("waiting", await waiting.StandardOutput.ReadLineAsync(Token));
        Apc.Signal(waiting.Id, "INT");
        Assert.Equal(130, (await Apc.EndAsync(waiting)).Code);
    }

    async Task PromptAsync()
    {
        var ran = await _apc.RunAsync(
            """
            int Twice(int n)
            {
                return n * 2;
            }
            Twice(21)
            %px -t 1 Console.WriteLine("hello from an engine"); 6 * 7
            %%px
            int z = 3;

            z + 1
            %%
            %autopx
            z * 10
            """, ["console"]);
        Assert.Equal("", ran.Error);
        var lines = ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["42", "[stdout:1] hello from an engine", "[out:1] 42"], lines[..3]);
        Assert.Equal(["[out:0] 4", "[out:1] 4"], lines[3..5].Order());
        Assert.Equal(["[out:0] 30", "[out:1] 30"], lines[6..8].Order());
        Assert.Equal(0, ran.Code);

        var wrong = await _apc.RunAsync("%px int b = ;\n", ["console"]);
        Assert.Equal(1, wrong.Code);
        Assert.Contains("[error:0]", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("[error:1] (1,9): CS1525", wrong.Error, StringComparison.Ordinal);
    }

    async Task LiveAsync()
    {
        var go = Path.Combine(_apc.Home, "go");
        using var prompt = _apc.Start("console");
        var input = prompt.StandardInput;
        await input.WriteLineAsync($"%px -t 0 Console.Write(\"be\"); Console.WriteLine(\"gun\"); while (!System.IO.File.Exists(@\"{go}\")) await System.Threading.Tasks.Task.Delay(5); Console.Write(\"ended\"); 7".AsMemory(), Token);
        await input.FlushAsync(Token);
        // While it runs.
        Assert.Equal("[stdout:0] begun", await prompt.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token));
        await File.WriteAllTextAsync(go, "", Token);
        Assert.Equal("[stdout:0] ended", await prompt.StandardOutput.ReadLineAsync(Token));
        Assert.Equal("[out:0] 7", await prompt.StandardOutput.ReadLineAsync(Token));
        await input.WriteLineAsync("%pxresult".AsMemory(), Token);
        input.Close();
        var ran = await Apc.EndAsync(prompt);
        Assert.Equal("", ran.Error);
        Assert.Equal("[stdout:0] begun\n[stdout:0] ended\n[out:0] 7\n", ran.Out);
        var early = await _apc.RunAsync("%pxresult\n", ["console"]);
        Assert.Contains("There is no result yet", early.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_foreground_until_Ctrl_C()
    {
        using var process = _apc.Start("start", "-n", "1", "--profile", "front");
        string? line;
        int? engine = null;
        while ((line = await process.StandardOutput.ReadLineAsync(Token)) is not null && !line.StartsWith("The cluster is ready", StringComparison.Ordinal))
            if (line.StartsWith("Engine 0 is ready: process ", StringComparison.Ordinal)) engine = int.Parse(line.Split(' ')[5], System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotNull(line);
        Assert.NotNull(engine);
        Apc.Signal(process.Id, "INT");
        var ran = await Apc.EndAsync(process);
        Assert.Equal(130, ran.Code);
        Assert.Contains("The cluster was stopped.", ran.Out, StringComparison.Ordinal);
        await Apc.UntilAsync(() => !Apc.Lives(engine.Value), "the engine outlived its cluster");
        Assert.False(File.Exists(Path.Combine(_apc.ProfileFolder("front"), "connection.json")));
    }

    [Fact]
    public async Task What_a_killed_cluster_leaves_is_cleaned_up()
    {
        var started = await _apc.RunAsync("start", "-n", "0", "--daemonize", "--json");
        Assert.True(started.Code == 0, started.Error);
        var controller = started.Json.GetProperty("controllerProcessId").GetInt32();
        var owner = (await _apc.RunAsync("list", "--json")).Json.GetProperty("profiles")[0].GetProperty("ownerProcessId").GetInt32();
        Apc.Signal(owner, "KILL");
        await Apc.UntilAsync(() => !Apc.Lives(owner) && !Apc.Lives(controller), "the controller outlived its owner");

        var status = await _apc.RunAsync("status");
        Assert.Equal(1, status.Code);
        Assert.Contains("apcluster clean", status.Error, StringComparison.Ordinal);
        Assert.Equal("stale", (await _apc.RunAsync("list", "--json")).Json.GetProperty("profiles")[0].GetProperty("state").GetString());
        var cleaned = await _apc.RunAsync("clean", "--json");
        Assert.True(cleaned.Code == 0, cleaned.Error);
        Assert.Equal("stopped", (await _apc.RunAsync("list", "--json")).Json.GetProperty("profiles")[0].GetProperty("state").GetString());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_apc.ProfileFolder("default"), "logs")));
        Assert.Equal(0, (await _apc.RunAsync("profile", "remove", "default")).Code);
        Assert.False(Directory.Exists(_apc.ProfileFolder("default")));
    }

    public ValueTask DisposeAsync() => _apc.DisposeAsync();
}
