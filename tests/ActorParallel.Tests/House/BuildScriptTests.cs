using System.Management.Automation.Language;

namespace ActorParallel.Tests.House;

/// <summary><c>build.ps1</c>, read by PowerShell's own parser.</summary>
public sealed class BuildScriptTests
{
    static readonly string[] Targets = ["restore", "build", "test", "bench", "pack", "ci"];

    readonly ScriptBlockAst _script = Parsed();

    [Fact]
    public void Is_a_thin_forwarder() => Assert.InRange(Repository.Text("build.ps1").Split('\n').Length, 1, 40);

    [Fact]
    public void Takes_exactly_the_targets()
    {
        var target = Assert.Single(_script.ParamBlock.Parameters, p => p.Name.VariablePath.UserPath == "Target");
        var set = Assert.Single(target.Attributes.OfType<AttributeAst>(), a => a.TypeName.Name == "ValidateSet");
        Assert.Equal(Targets, set.PositionalArguments.Select(a => ((StringConstantExpressionAst)a).Value));
        Assert.Contains(_script.ParamBlock.Parameters, p => p.Name.VariablePath.UserPath == "Configuration");
    }

    [Theory]
    [InlineData("restore", "dotnet restore")]
    [InlineData("build", "dotnet build")]
    [InlineData("test", "dotnet test")]
    [InlineData("bench", "dotnet run --configuration Release --project tests/ActorParallel.Benchmarks -- compare")]
    [InlineData("pack", "dotnet pack")]
    [InlineData("ci", "bash .ci/run")]
    public void Each_target_is_one_command(string target, string begins)
    {
        var forwarding = Assert.Single(All<SwitchStatementAst>());
        Assert.Equal(Targets.Length, forwarding.Clauses.Count);
        var clause = Assert.Single(forwarding.Clauses, c => ((StringConstantExpressionAst)c.Item1).Value == target);
        var command = Assert.Single(clause.Item2.FindAll(a => a is CommandAst, searchNestedScriptBlocks: true)).Extent.Text;
        Assert.StartsWith(begins, command, StringComparison.Ordinal);
        foreach (var path in command.Split(' ').Where(w => w.Contains('/', StringComparison.Ordinal)))
            Assert.True(Path.Exists(Repository.File(path)), $"build.ps1 names {path}, which is not there.");
    }

    [Fact]
    public void Is_strict_and_passes_the_exit_code_on()
    {
        Assert.Contains(All<CommandAst>(), c => c.GetCommandName() == "Set-StrictMode");
        Assert.Equal("exit $LASTEXITCODE", Assert.Single(All<ExitStatementAst>()).Extent.Text);
    }

    IEnumerable<T> All<T>() => _script.FindAll(a => a is T, searchNestedScriptBlocks: true).Cast<T>();

    static ScriptBlockAst Parsed()
    {
        var script = Parser.ParseFile(Repository.File("build.ps1"), out _, out var errors);
        Assert.Empty(errors);
        return script;
    }
}
