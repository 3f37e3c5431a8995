using ActorParallel.Scripts;
using Microsoft.CodeAnalysis.CSharp;

namespace ActorParallel.EngineTests;

public sealed class ReferenceTests : IDisposable
{
    readonly Engine _engine = new();
    readonly string _folder = Directory.CreateTempSubdirectory("ap-scripts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_is_referenced_from_the_scripts_folder()
    {
        string name = $"lib{Guid.NewGuid():N}";
        var compilation = CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText("namespace Lib; public record Part(int N);")],
            PlatformReferences.Common.Select(PlatformReferences.Get), new CSharpCompilationOptions(Microsoft.CodeAnalysis.OutputKind.DynamicallyLinkedLibrary));
        Assert.True(compilation.Emit(Path.Combine(_folder, $"{name}.dll")).Success);

        await _engine.Execute($"#r \"{name}.dll\"\nusing Lib;\nvar part = new Part(4);", Path.Combine(_folder, "main.csx"));
        Assert.Equal(4, await _engine.Evaluate<int>("new Part(part.N).N"));
        _engine.Values["copy"] = _engine.Values["part"];
        Assert.Equal(4, await _engine.Evaluate<int>("copy.N"));
    }

    [Fact]
    public async Task What_is_not_there_is_an_error_with_its_line()
    {
        var error = await Assert.ThrowsAsync<ScriptException>(() => _engine.Execute("\n#r \"gone.dll\"\nint a = 1;"));
        Assert.Equal((2, "CS0006"), (error.Diagnostics[0].Line, error.Diagnostics[0].Id));
        Assert.Empty(_engine.Values.Names);
    }

    [Fact]
    public async Task Any_assembly_of_the_program_can_be_named()
    {
        await _engine.Execute("using ActorParallel.EngineTests;\nusing System.Net.Sockets;\nvar ada = new Person(\"Ada\", 36);");
        Assert.Equal(new Person("Ada", 36), _engine.Values["ada"]);
        Assert.Equal("Stream", await _engine.Evaluate<string>("SocketType.Stream.ToString()"));
    }
}
