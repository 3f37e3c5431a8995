using System.Reflection;
using System.Runtime.Loader;
using ActorParallel.Scripts;

namespace ActorParallel.EngineTests;

public sealed class PromptGlobals
{
    public List<Delegate> Sent { get; } = [];

    public int Send(Func<int, int> function)
    {
        Sent.Add(function);
        return function(1);
    }
}

public class ScriptSessionTests
{
    readonly PromptGlobals _globals = new();
    readonly List<(Assembly Assembly, byte[] Image)> _images = [];
    readonly ScriptSession _session;

    public ScriptSessionTests() =>
        _session = new ScriptSession(_globals, typeof(PromptGlobals), (assembly, image) => _images.Add((assembly, image.ToArray())));

    async Task<object?> Run(string code) => (await _session.RunAsync(code, null, TestContext.Current.CancellationToken)).Value;

    [Fact]
    public async Task Code_sees_the_globals_members_and_what_ran_before()
    {
        await Run("int factor = 10;");
        Assert.Equal(11, await Run("Send(n => n + factor)"));
        Assert.Equal(1, await Run("Sent.Count"));
    }

    [Fact]
    public async Task Whether_there_is_a_value()
    {
        Assert.Equal(new ScriptResult(true, 2), await _session.RunAsync("1 + 1", null, TestContext.Current.CancellationToken));
        Assert.Equal(new ScriptResult(true, null), await _session.RunAsync("(object)null", null, TestContext.Current.CancellationToken));
        Assert.False((await _session.RunAsync("int a = 1;", null, TestContext.Current.CancellationToken)).HasValue);
        Assert.False((await _session.RunAsync("", null, TestContext.Current.CancellationToken)).HasValue);
        Assert.False((await _session.RunAsync("Sent.Clear()", null, TestContext.Current.CancellationToken)).HasValue);
    }

    [Theory]
    [InlineData("int a = 1;", true)]
    [InlineData("1 + 1", true)]
    [InlineData("for (int i = 0; i < 3; i++)\n{", false)]
    [InlineData("int F(", false)]
    [InlineData("var s = @\"open", false)]
    [InlineData("int a = ;", true)]
    public void Text_is_whole_or_waits_for_more(string code, bool whole) => Assert.Equal(whole, ScriptSession.IsComplete(code));

    [Fact]
    public async Task A_value_is_printed()
    {
        Assert.Equal("\"a\\\"b\"", ScriptSession.Print("a\"b"));
        Assert.Equal("int[3] { 1, 2, 3 }", ScriptSession.Print(await Run("new[] { 1, 2, 3 }")));
        Assert.Equal("null", ScriptSession.Print(null));
    }

    [Fact]
    public async Task A_lambda_runs_in_a_context_that_has_only_the_images()
    {
        await Run("record Point(int X); static int Twice(int n) => n * 2;");
        await Run("Send(n => Twice(new Point(n + 20).X))");
        var method = _globals.Sent[0].Method;
        Assert.Equal(2, _images.Count);
        Assert.Contains(_images, image => image.Assembly == method.Module.Assembly);

        var context = new AssemblyLoadContext("engine", isCollectible: true);
        var byName = _images.ToDictionary(image => image.Assembly.GetName().Name!, image => image.Image);
        context.Resolving += (loader, name) => byName.TryGetValue(name.Name!, out var image) ? loader.LoadFromStream(new MemoryStream(image)) : null;
        var copy = context.LoadFromAssemblyName(method.Module.Assembly.GetName());
        Assert.NotSame(method.Module.Assembly, copy);
        Assert.Equal(method.Module.ModuleVersionId, copy.ManifestModule.ModuleVersionId);
        var resolved = (MethodInfo)copy.ManifestModule.ResolveMethod(method.MetadataToken)!;
        object closure = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(resolved.DeclaringType!);
        Assert.Equal(42, resolved.Invoke(closure, [1]));
        context.Unload();
    }

    [Fact]
    public async Task Names_of_two_sessions_never_clash()
    {
        await Run("int a = 1;");
        await Run("a");
        var other = new ScriptSession(_globals, typeof(PromptGlobals), (assembly, image) => _images.Add((assembly, image.ToArray())));
        await other.RunAsync("int a = 1;", null, TestContext.Current.CancellationToken);
        Assert.Equal(3, _images.Select(image => image.Assembly.GetName().Name).Distinct().Count());
        Assert.Equal(3, _images.Select(image => image.Assembly.ManifestModule.ModuleVersionId).Distinct().Count());
    }

    [Fact]
    public async Task The_token_ends_the_waiting()
    {
        using var cancel = new CancellationTokenSource();
        var running = _session.RunAsync("await Task.Delay(-1);", null, cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(2, await Run("1 + 1"));
    }
}
