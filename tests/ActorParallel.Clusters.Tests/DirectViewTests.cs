namespace ActorParallel.ClusterTests;

/// <summary>F2, G1–G3, G6, G8, G9: several engines, each asked for itself.</summary>
[Collection(nameof(CalmCluster))]
public sealed class DirectViewTests(CalmCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task ApplyGivesAValueAnEngineInTheOrderOfTheView()
    {
        Assert.Equal(new[] { 0, 1, 2, 3 }, await Soon(All.ApplyAsync(() => TaskContext.Current!.EngineId)));
        Assert.Equal(new[] { 3, 0 }, await Soon(Client[3, 0].ApplyAsync(() => TaskContext.Current!.EngineId)));
        Assert.Equal(new[] { 11, 11, 11, 11 }, await Soon(All.ApplyAsync(x => x + 1, 10)));
        Assert.Equal(new[] { "1a", "1a" }, await Soon(Client[1, 2].ApplyAsync((x, y) => $"{x}{y}", 1, "a")));
        Assert.Equal(new[] { 7, 7, 7, 7 }, await Soon(All.ApplyAsync(async () => { await Task.Yield(); return 7; })));
        Assert.Equal(2, await Soon(Client[2].ApplyAsync(() => TaskContext.Current!.EngineId)));
    }

    [Fact]
    public async Task ExecuteKeepsItsStateInEachEngineAndMayAwait()
    {
        await Ended(All.ExecuteAsync("using System.Text; int count = 0; int Twice(int x) => 2 * x; class Box { public int Value; }"));
        await Ended(Client[1].ExecuteAsync("count = 5; await System.Threading.Tasks.Task.Yield();"));
        var run = All.ExecuteAsync("count = Twice(count) + new Box { Value = 1 }.Value; var text = new StringBuilder(\"n\").Append(count).ToString();");
        await run;
        Assert.True(run.Successful);
        Assert.Equal(new[] { 1, 11, 1, 1 }, await Soon(All.PullAsync<int>("count")));
        Assert.Equal("n11", await Soon(Client[1].PullAsync<string>("text")));
        Assert.Equal(new[] { 2, 12, 2, 2 }, await Soon(All.EvaluateAsync<int>("count + 1")));
        Assert.Equal(12, await Soon(Client[1].EvaluateAsync<int>("count + 1")));
    }

    [Fact]
    public async Task RunFileReadsItHereAndRunsItThere()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("ap-run-").FullName, "program.csx");
        await File.WriteAllTextAsync(file, "var ran = 40;\nran += 2;", Cancelled);
        await Ended(All.RunFileAsync(file));
        Assert.Equal(new[] { 42, 42, 42, 42 }, await Soon(All.PullAsync<int>("ran")));
        await File.WriteAllTextAsync(file, "var fine = 1;\nvar broken = ;", Cancelled);
        var error = await Fails<ScriptException>(Client[0].RunFileAsync(file));
        Assert.Equal((2, file), (error.Diagnostics[0].Line, error.Diagnostics[0].File));
        Assert.Contains("missing.csx", Assert.Throws<FileNotFoundException>(() => All.RunFileAsync("missing.csx")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PushAndPullTakeObjectsDictionariesAndTheIndexer()
    {
        await All.PushAsync(new { one = 1, text = "t" });
        await All.PushAsync(new Dictionary<string, int> { ["two"] = 2 });
        All["three"] = new[] { 3, 3 };
        Assert.Equal(new[] { 1, 1, 1, 1 }, await Soon(All.PullAsync<int>("one")));
        Assert.Equal(new[] { "t", "t" }, await Soon(Client[0, 3].PullAsync<string>("text")));
        Assert.Equal(2, Client[0].Pull<int>("two"));
        Assert.Equal([3, 3], Assert.IsType<int[]>(Client[1]["three"]));
        Assert.Equal(new[] { 1.0, 1.0, 1.0, 1.0 }, await Soon(All.PullAsync<double>("one")));
        Assert.Contains("two", (await Soon(All.NamesAsync()))[0]);
        Assert.Equal(new[] { true, true, true, true }, await Soon(All.RemoveAsync("two")));
        Assert.Equal(new[] { false, false, false, false }, await Soon(All.RemoveAsync("two")));
        await All.PushAsync(new { three = 3, four = 4 }, Cancelled);
        await All.ExecuteAsync("int five = 5;", Cancelled);
        var names = (await Soon(All.NamesAsync()))[1].Length;
        Assert.True(names >= 3);
        Assert.Equal(names, await Soon(Client[1].ClearAsync()));
        Assert.Empty(await Soon(Client[1].NamesAsync()));
        Assert.Equal(0, (await Soon(All.ClearAsync()))[1]);
        Assert.Contains("'three'", (await Fails<Exception>(Client[2].PullAsync<int>("three"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a b")]
    [InlineData("a-b")]
    public void NamesThatAreNoIdentifiersAreRefusedAtOnce(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => All.PullAsync<int>(name));
        Assert.ThrowsAny<ArgumentException>(() => All[name] = 1);
        Assert.ThrowsAny<ArgumentException>(() => All.PushAsync(new Dictionary<string, int> { [name] = 1 }));
        Assert.ThrowsAny<ArgumentException>(() => All.ScatterAsync(name, [1, 2, 3, 4]));
        Assert.ThrowsAny<ArgumentException>(() => All.GatherAsync<int>(name));
        Assert.ThrowsAny<ArgumentException>(() => EnginesView.Reference<int>(name));
        Assert.ThrowsAny<ArgumentException>(() => Client[0].PullAsync<int>(name));
        Assert.ThrowsAny<ArgumentException>(() => Client[0][name] = 1);
    }

    [Fact]
    public async Task WhatHasNoNamesCannotBePushed()
    {
        Assert.Throws<ArgumentException>(() => All.PushAsync(1));
        Assert.Throws<ArgumentException>(() => All.PushAsync("text"));
        Assert.Throws<ArgumentException>(() => All.PushAsync(new { }));
        Assert.Throws<ArgumentNullException>(() => All.PushAsync(null!));
        Assert.Throws<ShippingException>(() => All.PushAsync(new { stream = (object)Stream.Synchronized(new MemoryStream()) }));
        Assert.Equal(4, (await Soon(All.ApplyAsync(() => 1))).Length);
    }

    [Fact]
    public async Task AMissingValueNamesEachEngineThatLacksIt()
    {
        await Client[2].PushAsync(new { rare = 1 });
        var error = await Fails<EnginesException>(All.PullAsync<int>("rare"));
        Assert.Equal([0, 1, 3], error.Errors.Keys);
        Assert.All(error.Errors.Values, e => Assert.IsType<KeyNotFoundException>(e));
        Assert.Contains("engine 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("3 of 4", error.Message, StringComparison.Ordinal);
        await Fails<KeyNotFoundException>(Client[0].PullAsync<int>("rare"));
        var wrong = await Fails<InvalidCastException>(Client[2].PullAsync<string>("rare"));
        Assert.Contains("System.Int32", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorsOfSeveralEnginesComeInOneThatNamesEach()
    {
        var result = All.ApplyAsync(() => TaskContext.Current!.EngineId is 1 or 3 ? throw new InvalidOperationException($"no {TaskContext.Current.EngineId}") : TaskContext.Current.EngineId);
        var error = await Fails<EnginesException>(result);
        Assert.Equal(TaskState.Failed, result.State);
        Assert.Equal([1, 3], error.Errors.Keys);
        Assert.Equal("no 3", Assert.IsType<InvalidOperationException>(error.Errors[3]).Message);
        Assert.Same(error.Errors[1], error.InnerException);
        Assert.Equal(2, result.Parts[2].Get());
        Assert.Throws<EnginesException>(() => result.ByEngine());
        Assert.Equal("no 1", (await Fails<InvalidOperationException>(Client[1].ApplyAsync(() => Refuse()))).Message);
    }

    static int Refuse() => throw new InvalidOperationException($"no {TaskContext.Current!.EngineId}");

    [Fact]
    public async Task CodeThatDoesNotCompileSaysLineAndColumnOfEachEngine()
    {
        var error = await Fails<EnginesException>(All.ExecuteAsync("int fine = 1;\nint y = undefined + 1;"));
        Assert.Equal([0, 1, 2, 3], error.Errors.Keys);
        foreach (var each in error.Errors.Values)
        {
            var diagnostic = Assert.IsType<ScriptException>(each).Diagnostics[0];
            Assert.Equal((2, 9, "CS0103"), (diagnostic.Line, diagnostic.Column, diagnostic.Id));
        }
        await Fails<EnginesException>(All.PullAsync<int>("fine"));
        await Fails<DivideByZeroException>(Client[0].ExecuteAsync("int zero = 0; int no = 1 / zero;"));
    }

    [Fact]
    public async Task OutputIsCapturedOfEachEngine()
    {
        var run = All.ExecuteAsync("System.Console.WriteLine($\"on {ActorParallel.TaskContext.Current.EngineId}\");");
        await run;
        Assert.Equal([0, 1, 2, 3], run.Outputs.Keys.Order());
        Assert.Equal("on 2", run.Outputs[2].Trim());
        Assert.Equal("[0] on 0\n[1] on 1\n[2] on 2\n[3] on 3\n", run.Output);
        var call = All.ApplyAsync(() =>
        {
            Console.Write("called");
            return 1;
        });
        await call;
        Assert.Equal("called", call.Outputs[3]);
        var one = Client[1].ExecuteAsync("System.Console.Write(\"alone\");");
        await one;
        Assert.Equal(("alone", "alone"), (one.Output, one.Outputs[1]));
        Assert.Equal("alone", one.Metadata.Output);
    }

    [Fact]
    public async Task AReferenceIsEachEnginesOwnValue()
    {
        await Ended(All.ExecuteAsync("int mine = ActorParallel.TaskContext.Current.EngineId * 10;"));
        Assert.Equal(new[] { 1, 11, 21, 31 }, await Soon(All.ApplyAsync(x => x + 1, EnginesView.Reference<int>("mine"))));
        Assert.Equal(31, await Soon(Client[3].ApplyAsync(x => x + 1, EnginesView.Reference<int>("mine"))));
        await Fails<KeyNotFoundException>(Client[3].ApplyAsync(x => x + 1, EnginesView.Reference<int>("nobodys")));
    }

    [Fact]
    public async Task ImportedNamespacesAreThereForLaterCode()
    {
        await Ended(All.ImportAsync(["System.Numerics", "System.Globalization"]));
        Assert.Equal(new[] { "15", "15", "15", "15" }, await Soon(All.EvaluateAsync<string>("(new BigInteger(5) * 3).ToString(CultureInfo.InvariantCulture)")));
    }

    [Fact]
    public async Task TheResultKnowsEnginesProgressAndTimes()
    {
        var result = All.With(label: "pids").ApplyAsync(() => Environment.ProcessId);
        var pids = await Soon(result);
        Assert.Equal([0, 1, 2, 3], result.Targets);
        Assert.Equal(pids[2], result.ByEngine()[2]);
        Assert.Equal((4, 4, 1.0), (result.Progress.Completed, result.Progress.Total, result.Progress.Fraction));
        Assert.Equal("pids", result.Label);
        Assert.Equal([0, 1, 2, 3], result.Parts.Select(p => p.Metadata.EngineId!.Value));
        Assert.True(result.SerialTime > TimeSpan.Zero);
        Assert.True(result.Parts.All(p => p.Metadata.Started >= p.Metadata.Submitted));
    }

    [Fact]
    public async Task CallsOnAnEngineRunInTheirOrder()
    {
        await Client[0].PushAsync(new { order = "" });
        var calls = Enumerable.Range(0, 50).Select(i => Client[0].ExecuteAsync($"order += \"{i} \";")).ToArray();
        foreach (var call in calls) await Ended(call);
        Assert.Equal(string.Concat(Enumerable.Range(0, 50).Select(i => $"{i} ")), await Soon(Client[0].PullAsync<string>("order")));
    }

    [Fact]
    public void EnginesThatAreNotThereAreRefusedAtOnce()
    {
        Assert.Contains("no engine 99", Assert.Throws<ArgumentException>(() => Client[99].ApplyAsync(() => 1)).Message, StringComparison.Ordinal);
        Assert.Contains("0, 1, 2, 3", Assert.Throws<ArgumentException>(() => Client[0, 7].ApplyAsync(() => 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Client[-1]);
        Assert.Throws<ArgumentException>(() => Client[0, -1]);
        Assert.Throws<ArgumentException>(() => Client[1, 1]);
        Assert.Throws<ArgumentException>(() => Client.DirectView([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Client[..9]);
        Assert.Throws<ArgumentOutOfRangeException>(() => All.Every(0));
    }
}
