namespace ActorParallel.CliTests;

/// <summary>A controller alone, an engine and a client that come with exported files over TLS.</summary>
public sealed class ElsewhereTests : IAsyncDisposable
{
    readonly Apc _apc = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_engine_and_a_script_come_with_exported_files()
    {
        var config = Path.Combine(_apc.Home, "tcp.conf");
        await File.WriteAllTextAsync(config, "actor-parallel.cluster.transport = tls", Token);
        using var controller = _apc.Start("controller", "--config", config);
        // Its log comes on the same stream.
        string? line;
        do line = await controller.StandardOutput.ReadLineAsync(Token);
        while (line is not null && !line.StartsWith("The controller is ready", StringComparison.Ordinal));
        Assert.NotNull(line);

        foreach (var role in (string[])["client", "engine"])
        {
            var exported = await _apc.RunAsync("profile", "export", "--role", role, "--out", $"{role}.json");
            Assert.True(exported.Code == 0, exported.Error);
        }
        var wrong = await _apc.RunAsync("engine", "--connection", "client.json");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("is for a client, not for engines", wrong.Error, StringComparison.Ordinal);

        using var engine = _apc.Start("engine", "--connection", "engine.json", "--workers", "2");
        var script = Path.Combine(_apc.Home, "ids.csx");
        await File.WriteAllTextAsync(
            script,
            """
            await client.WaitForEnginesAsync(1, TimeSpan.FromSeconds(30));
            await all.ExecuteAsync("int a = 7;");
            Console.WriteLine($"{client.Engines[0].Workers} {string.Join(" ", await all.PullAsync<int>("a"))}");
            """, Token);
        var ran = await _apc.RunAsync("run", "--connection", "client.json", script);
        Assert.Equal(("2 7", ""), (ran.Out.Trim(), ran.Error));

        var stopped = await _apc.RunAsync("stop");
        Assert.True(stopped.Code == 0, stopped.Error);
        Assert.Equal(0, (await Apc.EndAsync(controller)).Code);
        Assert.Equal(0, (await Apc.EndAsync(engine)).Code);
    }

    public ValueTask DisposeAsync() => _apc.DisposeAsync();
}
