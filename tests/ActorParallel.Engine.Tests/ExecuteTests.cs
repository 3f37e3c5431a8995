namespace ActorParallel.EngineTests;

public class ExecuteTests
{
    readonly Engine _engine = new();

    [Fact]
    public async Task The_first_program_of_the_design()
    {
        await _engine.Execute("int a = 1;");
        Assert.Equal(1, _engine.Values["a"]);
        _engine.Values["a"] = 2;
        Assert.Equal(3, await _engine.Evaluate<int>("a + 1"));
    }

    [Fact]
    public async Task Two_hundred_executions_keep_their_state()
    {
        await _engine.Execute("int sum = 0;");
        for (int i = 0; i < 200; i++) await _engine.Execute($"int v{i} = {i}; sum += v{i};");
        Assert.Equal(199 * 200 / 2, await _engine.Evaluate<int>("sum"));
        Assert.Equal(199 + 57, await _engine.Evaluate<int>("v199 + v57"));
        Assert.Equal(201, _engine.Values.Names.Count);
    }

    [Fact]
    public async Task A_method_of_one_call_is_used_in_the_next()
    {
        await _engine.Execute("int Twice(int n) => n * 2;\nasync Task<int> LaterAsync(int n) { await Task.Yield(); return Twice(n); }");
        Assert.Equal(42, await _engine.Evaluate<int>("await LaterAsync(21)"));
    }

    [Fact]
    public async Task A_type_of_one_call_is_used_in_the_next()
    {
        await _engine.Execute("record Point(int X, int Y);\nclass Box<T> { public T Content; }");
        await _engine.Execute("var p = new Point(1, 2); var box = new Box<Point> { Content = p with { Y = 5 } };");
        Assert.Equal(6, await _engine.Evaluate<int>("box.Content.X + box.Content.Y"));
        Assert.Equal("Point { X = 1, Y = 2 }", _engine.Values["p"]!.ToString());
    }

    [Fact]
    public async Task Usings_are_kept()
    {
        await _engine.Execute("using System.Text;\nusing static System.Math;\nusing Numbers = System.Collections.Generic.List<int>;");
        Assert.Equal("3", await _engine.Evaluate<string>("new StringBuilder().Append(Max(2, 3)).ToString()"));
        Assert.Equal(1, await _engine.Evaluate<int>("new Numbers { 7 }.Count"));
    }

    [Fact]
    public async Task What_scripts_start_with()
    {
        Assert.Equal(3, await _engine.Evaluate<int>("new List<int> { 1, 2 }.Select(n => n).Sum()"));
        Assert.Equal("b.txt", await _engine.Evaluate<string>("Path.GetFileName(\"a/b.txt\")"));
        Assert.True(await _engine.Evaluate<bool>("TaskContext.Current is null && !CancellationToken.None.IsCancellationRequested && Task.CompletedTask.IsCompleted"));
    }

    [Fact]
    public async Task Code_may_await()
    {
        await _engine.Execute("await Task.Yield(); var text = await new StringReader(\"line\").ReadToEndAsync();");
        Assert.Equal("line", _engine.Values["text"]);
        Assert.Equal(5, await _engine.Evaluate<int>("await Task.Run(() => 5)"));
    }

    [Fact]
    public async Task Redeclaring_shadows()
    {
        await _engine.Execute("int a = 1; int Old() => a;");
        await _engine.Execute("string a = \"x\";");
        Assert.Equal("x", await _engine.Evaluate<string>("a"));
        Assert.Equal("x", _engine.Values["a"]);
        Assert.Equal(1, await _engine.Evaluate<int>("Old()"));
        await _engine.Execute("int a() => 3;");
        Assert.Equal(3, await _engine.Evaluate<int>("a()"));
        Assert.DoesNotContain("a", _engine.Values.Names);
    }

    [Fact]
    public async Task Every_kind_of_top_level_variable_is_a_value()
    {
        await _engine.Execute("var (x, y) = (1, \"two\"); int.TryParse(\"3\", out int z); const int Four = 4; static int five = 5; readonly int six = 6; if ((object)7 is int seven) { }");
        Assert.Equal([1, "two", 3, 4, 5, 6, 7], new[] { "x", "y", "z", "Four", "five", "six", "seven" }.Select(name => _engine.Values[name]));
        _engine.Values["five"] = 55;
        _engine.Values["six"] = 66;
        _engine.Values["Four"] = 44;
        Assert.Equal(165, await _engine.Evaluate<int>("five + six + Four"));
    }

    [Fact]
    public async Task An_expression_at_the_end_of_what_is_executed_sets_nothing()
    {
        await _engine.Execute("var a = 1;\na + 1");
        Assert.Equal(["a"], _engine.Values.Names);
    }

    [Fact]
    public async Task What_ran_before_an_exception_stays()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _engine.Execute("int a = 1; throw new InvalidOperationException(); a = 2;"));
        Assert.Equal(1, _engine.Values["a"]);
        Assert.Equal(1, await _engine.Evaluate<int>("a"));
    }

    [Fact]
    public async Task Nothing_runs_of_code_that_does_not_compile()
    {
        await _engine.Execute("int a = 1;");
        await Assert.ThrowsAsync<ScriptException>(() => _engine.Execute("a = 2; nonsense"));
        Assert.Equal(1, await _engine.Evaluate<int>("a"));
    }

    [Fact]
    public async Task The_token_ends_the_waiting_and_the_session_goes_on()
    {
        using var cancel = new CancellationTokenSource();
        var running = _engine.Host.ExecuteAsync("var gate = new TaskCompletionSource(); int a = 1; await gate.Task; a = 2;", null, cancel.Token);
        Assert.False(running.IsCompleted);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(1, await _engine.Evaluate<int>("a"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.Host.ExecuteAsync("a = 3;", null, cancel.Token));
        Assert.Equal(1, _engine.Values["a"]);
    }

    [Fact]
    public async Task Values_are_pulled_and_pushed_while_code_runs()
    {
        var running = _engine.Execute("var stop = false; long turns = 0; await Task.Run(async () => { while (!stop) { turns++; await Task.Yield(); } });");
        long before = (long)_engine.Values["turns"]!;
        while ((long)_engine.Values["turns"]! < before + 1000) await Task.Yield();
        Assert.False(running.IsCompleted);
        _engine.Values["stop"] = true;
        await running;
        Assert.Equal(await _engine.Evaluate<long>("turns"), _engine.Values["turns"]);
    }

    [Fact]
    public async Task The_same_expression_again_sees_new_values_and_new_declarations()
    {
        await _engine.Execute("int n = 0; int F() => 1;");
        for (int i = 0; i < 5; i++)
        {
            await _engine.Execute("n += F();");
            Assert.Equal(i + 1, await _engine.Evaluate<int>("n"));
        }

        await _engine.Execute("int F() => 10;");
        await _engine.Execute("n += F();");
        Assert.Equal(15, await _engine.Evaluate<int>("n"));
        _engine.Values["n"] = "text";
        Assert.Equal("text", await _engine.Evaluate<string>("n"));
    }

    [Fact]
    public async Task Imports_hold_for_all_later_code_and_wrong_ones_for_none()
    {
        var refused = Assert.Throws<ScriptException>(() => _engine.Host.AddImports(["System.Text", "No.Such"], []));
        Assert.Contains("No", refused.Message, StringComparison.Ordinal);
        _engine.Host.AddImports(["System.Text", "static System.Math", "J = System.Text.Json"], ["System.Xml.Linq"]);
        Assert.Equal("1", await _engine.Evaluate<string>("new StringBuilder().Append(Abs(-1)).ToString()"));
        Assert.Equal("[1]", await _engine.Evaluate<string>("J.JsonSerializer.Serialize(new[] { 1 })"));
        Assert.Throws<ArgumentException>(() => _engine.Host.AddImports(["System; evil"], []));
    }

    [Fact]
    public async Task What_declares_nothing_leaves_nothing_loaded()
    {
        await _engine.Execute("int n = 0;");
        var loaded = await RunAndForget();
        for (int i = 0; i < 50 && loaded.Any(reference => reference.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.DoesNotContain(loaded, reference => reference.IsAlive);
        Assert.Equal(40, await _engine.Evaluate<int>("n"));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    async Task<List<WeakReference>> RunAndForget()
    {
        var contexts = new List<WeakReference>();
        for (int i = 0; i < 40; i++)
            contexts.Add(new WeakReference(await _engine.Host.EvaluateAsync($"/* {i} */ (n += 1) is int ? System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(((Action)(() => {{ }})).Method.Module.Assembly) : null", default)));
        await _engine.Execute("int last;");
        return contexts;
    }
}
