using ActorParallel.Payloads;

namespace ActorParallel.EngineTests;

public sealed class ErrorTests : IDisposable
{
    readonly Engine _engine = new();
    readonly string _folder = Directory.CreateTempSubdirectory("ap-scripts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_error_has_line_column_and_the_source()
    {
        var error = await Assert.ThrowsAsync<ScriptException>(() => _engine.Execute("int a = 1;\n\tint b = missing + a;\nstring c = 5;"));
        Assert.Equal(2, error.Diagnostics.Count);
        var first = error.Diagnostics[0];
        Assert.Equal((2, 10, "CS0103", null), (first.Line, first.Column, first.Id, first.File));
        Assert.Contains("'missing'", first.Message, StringComparison.Ordinal);
        Assert.Equal((3, 12, "CS0029"), (error.Diagnostics[1].Line, error.Diagnostics[1].Column, error.Diagnostics[1].Id));
        Assert.Contains("(2,10): CS0103: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("\n    \tint b = missing + a;\n    \t        ^", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_syntax_error_and_many_errors()
    {
        var error = await Assert.ThrowsAsync<ScriptException>(() => _engine.Execute("int x = ;"));
        Assert.Equal((1, 9, "CS1525"), (error.Diagnostics[0].Line, error.Diagnostics[0].Column, error.Diagnostics[0].Id));
        error = await Assert.ThrowsAsync<ScriptException>(() => _engine.Execute("a();\nb();\nc();\nd();\ne();"));
        Assert.Equal([1, 2, 3, 4, 5], error.Diagnostics.Select(d => d.Line));
        Assert.EndsWith("and 2 more.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_in_a_file_names_the_file()
    {
        string main = Path.Combine(_folder, "main.csx"), part = Path.Combine(_folder, "part.csx");
        File.WriteAllText(part, "int Part() => 4;\n");
        await _engine.Execute("#load \"part.csx\"\nint whole = Part() * 2;", main);
        Assert.Equal(8, _engine.Values["whole"]);

        File.WriteAllText(part, "int fine = 1;\nint Part() => wrong;\n");
        var error = await Assert.ThrowsAsync<ScriptException>(() => _engine.Execute("#load \"part.csx\"", main));
        Assert.Equal((2, 15, part), (error.Diagnostics[0].Line, error.Diagnostics[0].Column, error.Diagnostics[0].File));
        error = await Assert.ThrowsAsync<ScriptException>(() => _engine.Execute("\nint b = wrong;", main));
        Assert.Equal((2, 9, main), (error.Diagnostics[0].Line, error.Diagnostics[0].Column, error.Diagnostics[0].File));
        Assert.Contains($"{main}(2,9)", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<ScriptException>(() => _engine.Execute("#load \"gone.csx\"", main));
        Assert.Equal((1, "CS1504"), (error.Diagnostics[0].Line, error.Diagnostics[0].Id));
    }

    [Fact]
    public async Task An_exception_comes_as_itself_with_the_scripts_line()
    {
        var error = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => _engine.Execute("int a = 1;\n\nvoid Fail()\n{\n    throw new InvalidTimeZoneException(\"x\");\n}\nFail();", "dir/job.csx"));
        Assert.Contains("job.csx:line 5", error.StackTrace, StringComparison.Ordinal);
        Assert.Contains("job.csx:line 7", error.StackTrace, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => _engine.Execute("await Task.Yield();\nFail();"));
        Assert.Contains("script 2:line 2", error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_exception_travels()
    {
        var error = await Assert.ThrowsAsync<ScriptException>(() => _engine.Execute("int a = x;\nint b = y;"));
        using var writer = PayloadWriter.Rent();
        writer.Write<object>(error);
        var reader = new PayloadReader(writer.ToArray());
        var copy = Assert.IsType<ScriptException>(reader.Read<object>());
        Assert.Equal(error.Message, copy.Message);
        Assert.Equal(error.Diagnostics, copy.Diagnostics);
    }

    [Theory]
    [InlineData("int a = 1;")]
    [InlineData("Console.Out.Flush();")]
    [InlineData("Console.Out.Flush()")]
    [InlineData("1 + 1; ;")]
    [InlineData("await Task.CompletedTask")]
    [InlineData("")]
    [InlineData("// nothing")]
    [InlineData("using System.Text;")]
    public async Task Code_without_a_value_says_so(string code)
    {
        var error = await Assert.ThrowsAsync<ScriptException>(() => _engine.Evaluate<object>(code));
        Assert.NotEmpty(error.Diagnostics);
        Assert.Empty(_engine.Values.Names);
    }

    [Theory]
    [InlineData("int n = 2; n * 3")]
    [InlineData("return 6;")]
    [InlineData("if (DateTime.UnixEpoch.Year > 0) return 6; return 7;")]
    public async Task Statements_may_come_before_the_value(string code) => Assert.Equal(6, await _engine.Evaluate<int>(code));

    [Fact]
    public async Task Null_is_a_value() => Assert.Null(await _engine.Host.EvaluateAsync("(string)null", TestContext.Current.CancellationToken));
}
