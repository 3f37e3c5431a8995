using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Text;

namespace ActorParallel.Scripts;

/// <summary>Source to compilations and images. Each submission of a session builds on the one before it.</summary>
/// <param name="globals">The type whose members all code sees; null for none.</param>
internal sealed class ScriptCompiler(Type? globals)
{
    static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14, DocumentationMode.None, SourceCodeKind.Script);

    static readonly EmitOptions Emitting = new(debugInformationFormat: DebugInformationFormat.Embedded);

    static readonly CSharpCompilationOptions Options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            usings: ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks", "ActorParallel"],
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            concurrentBuild: false,
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default,
            nullableContextOptions: NullableContextOptions.Annotations);

    // Two sessions never have an assembly of the same name, whatever process they are in: their code travels.
    readonly string _session = $"script-{Guid.NewGuid():N}";
    int _count;

    /// <summary>Whether the text is whole, or waits for more lines.</summary>
    public static bool IsComplete(string code) => SyntaxFactory.IsCompleteSubmission(CSharpSyntaxTree.ParseText(code, Parsing));

    public CSharpCompilation Create(string code, string? file, CSharpCompilation? previous, IEnumerable<MetadataReference> fresh)
    {
        int number = ++_count;
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), Parsing, file ?? $"{UnnamedFile}{number}");
        string directory = Environment.CurrentDirectory;
        var options = Options
            .WithScriptClassName($"Submission#{number}")
            .WithSourceReferenceResolver(new Sources(directory))
            .WithMetadataReferenceResolver(ScriptMetadataResolver.Default.WithBaseDirectory(directory));
        return CSharpCompilation.CreateScriptCompilation(
            $"{_session}-{number}", tree, fresh, options, previous, typeof(object), globals);
    }

    /// <returns>The assembly, empty if there is nothing to run; null if there are errors.</returns>
    public static byte[]? Emit(CSharpCompilation compilation, out ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (!HasCode(compilation))
        {
            diagnostics = compilation.GetDiagnostics(cancellationToken);
            return diagnostics.Any(static d => d.Severity == DiagnosticSeverity.Error) ? null : [];
        }

        using var image = new MemoryStream();
        var result = compilation.Emit(image, options: Emitting, cancellationToken: cancellationToken);
        diagnostics = result.Diagnostics;
        return result.Success ? image.ToArray() : null;
    }

    /// <summary>Whether the text itself is wrong, whatever its names mean.</summary>
    public static bool HasSyntaxErrors(CSharpCompilation compilation, CancellationToken cancellationToken) =>
        compilation.GetParseDiagnostics(cancellationToken).Any(static d => d.Severity == DiagnosticSeverity.Error);

    /// <summary>What errors call code that came from no file; its number follows.</summary>
    public const string UnnamedFile = "script ";

    /// <summary>Whether there is anything to run; <c>using</c> and <c>#r</c> alone make no code.</summary>
    public static bool HasCode(CSharpCompilation compilation) =>
        compilation.SyntaxTrees.Any(static tree => tree.GetCompilationUnitRoot().Members.Count > 0);

    /// <summary>Whether later code sees something of it.</summary>
    public static bool Declares(CSharpCompilation compilation) =>
        compilation.SyntaxTrees.Length > 1
        || compilation.SyntaxTrees.Any(static tree =>
        {
            var root = tree.GetCompilationUnitRoot();
            return root.Usings.Count > 0 || root.Externs.Count > 0 || root.GetReferenceDirectives().Count > 0 || root.GetLoadDirectives().Count > 0;
        })
        || compilation.ScriptClass?.GetMembers().Any(static member => !member.IsImplicitlyDeclared && member.CanBeReferencedByName) == true;

    /// <summary>The names the code mentions that a variable could have.</summary>
    public static string[] Mentions(CSharpCompilation compilation) =>
        [.. compilation.SyntaxTrees
            .SelectMany(static tree => tree.GetRoot().DescendantNodes())
            .OfType<IdentifierNameSyntax>()
            .Where(static name => !(name.Parent is MemberAccessExpressionSyntax access && access.Name == name))
            .Select(static name => name.Identifier.ValueText)
            .Distinct()];

    /// <summary>Whether the code gives back a value: it returns one, or ends with an expression that has one and no semicolon.</summary>
    public static bool HasValue(CSharpCompilation compilation)
    {
        if (compilation.SyntaxTrees.LastOrDefault() is not { } tree) return false;
        var statements = tree.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Select(static member => member.Statement);
        if (statements.LastOrDefault() is ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last)
            return compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).Type is not { SpecialType: SpecialType.System_Void };
        return statements.Any(static statement => statement
            .DescendantNodesAndSelf(static node => node is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax))
            .Any(static node => node is ReturnStatementSyntax { Expression: not null }));
    }

    /// <summary>Code from no file keeps its name in stack traces, as if that were a path.</summary>
    sealed class Sources(string directory) : SourceFileResolver([], directory)
    {
        public override string? NormalizePath(string path, string? baseFilePath) =>
            path.StartsWith(UnnamedFile, StringComparison.Ordinal) ? path : base.NormalizePath(path, baseFilePath);
    }
}
