using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ActorParallel.Functions;

namespace ActorParallel.Tests.Functions;

/// <summary>Functions of programs that the engine doesn't have.</summary>
public sealed class CodeShippingTests
{
    const string Deep = "namespace Deep { public static class Numbers { public static int Seven => VALUE; } }";
    const string Lib = "namespace Lib { public static class Sums { public static int Add(int x) => x + Deep.Numbers.Seven; } public record Point(int X, int Y); }";
    const string App = "public static class Entry { public static Func<int, int> Function(int captured) => x => Lib.Sums.Add(x) + captured; public static Func<int, string> Name() => x => typeof(Entry).Assembly.GetName().Name + x; }";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static Compiled Three(int value = 7) => new Compiled().Add("Deep", Deep.Replace("VALUE", $"{value}")).Add("Lib", Lib).Add("App", App);

    static AssemblyLoadContext? Home(Delegate function) => AssemblyLoadContext.GetLoadContext(function.Method.Module.Assembly);

    [Fact]
    public async Task AFunctionTravelsWithItsDependenciesOfDependencies()
    {
        var program = Three();
        using var shipment = new Shipment();
        var function = program.Get<Func<int, int>>("App", "Function", 100);
        var there = await shipment.ToEngineAsync(function);
        Assert.Equal(108, there(1));
        Assert.Same(shipment.Lease!.Set.Context, Home(there));
        Assert.Equal(["App", "Deep", "Lib"], shipment.Wire.Sent.Order());
        Assert.Equal(["App"], shipment.Wire.Found);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        // Known now: neither asked nor sent again.
        Assert.Equal(9, (await shipment.ToEngineAsync(program.Get<Func<int, int>>("App", "Function", 1)))(1));
        Assert.Equal("App5", (await shipment.ToEngineAsync(program.Get<Func<int, string>>("App", "Name")))(5));
        Assert.Equal(3, shipment.Wire.Sent.Count);
        Assert.Single(shipment.Wire.Found);
    }

    [Fact]
    public async Task TheDiskRemembersForOtherSetsAndProcesses()
    {
        string folder = Shipment.NewFolder();
        var program = Three();
        var function = program.Get<Func<int, int>>("App", "Function", 0);
        foreach (int expected in new[] { 3, 0 })
        {
            using var shipment = new Shipment(new CodeSets(new CodeStore(folder)));
            Assert.Equal(8, (await shipment.ToEngineAsync(function))(1));
            Assert.Equal(expected, shipment.Wire.Sent.Count);
        }

        string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.Equal(["App.dll", "Deep.dll", "Lib.dll"], files.Select(Path.GetFileName).Order());
        Assert.All(files, f => Assert.Matches("^[0-9a-f]{64}$", Path.GetFileName(Path.GetDirectoryName(f))));
    }

    [Fact]
    public async Task ARebuiltProgramRunsItsNewCodeWhileTheOldGoesOn()
    {
        var sets = new CodeSets(new CodeStore(Shipment.NewFolder()));
        using Shipment before = new(sets), after = new(sets);
        Compiled old = Three(7), rebuilt = Three(8);
        var first = await before.ToEngineAsync(old.Get<Func<int, int>>("App", "Function", 0));
        var second = await after.ToEngineAsync(rebuilt.Get<Func<int, int>>("App", "Function", 0));
        Assert.Equal((7, 8, 7), (first(0), second(0), first(0)));
        Assert.NotSame(Home(first), Home(second));
        Assert.Equal(7, (await before.ToEngineAsync(old.Get<Func<int, int>>("App", "Function", 0)))(0));
    }

    [Fact]
    public async Task TwoProgramsWithDifferentVersionsOfALibraryRunSideBySide()
    {
        var sets = new CodeSets(new CodeStore(Shipment.NewFolder()));
        using Shipment one = new(sets), two = new(sets);
        const string versioned = "[assembly: System.Reflection.AssemblyVersion(\"VERSION\")] public static class Shared { public static int Calls; public static string Say() => \"VERSION\" + ++Calls; }";
        const string app = "public static class Entry { public static Func<string> Say() => () => Shared.Say(); }";
        var a = new Compiled().Add("Shared", versioned.Replace("VERSION", "1.0.0.0")).Add("Same", app);
        var b = new Compiled().Add("Shared", versioned.Replace("VERSION", "2.0.0.0")).Add("Same", app);
        var sayA = await one.ToEngineAsync(a.Get<Func<string>>("Same", "Say"));
        var sayB = await two.ToEngineAsync(b.Get<Func<string>>("Same", "Say"));
        // Static fields are each set's own, and the client's are the client's.
        Assert.Equal("1.0.0.01 2.0.0.01 1.0.0.02 2.0.0.02", $"{sayA()} {sayB()} {sayA()} {sayB()}");
        Assert.Equal("1.0.0.01", a.Get<Func<string>>("Same", "Say")());
    }

    [Fact]
    public void OneClientWithTwoBuildsOfANameIsTwoPrograms()
    {
        Compiled old = Three(7), fresh = Three(9);
        var source = new CodeSource();
        Guid first = source.ProgramOf(FunctionDefinition.Of(old.Get<Func<int, int>>("App", "Function", 0)));
        Guid second = source.ProgramOf(FunctionDefinition.Of(fresh.Get<Func<int, int>>("App", "Function", 0)));
        Assert.NotEqual(first, second);
        Assert.Equal(first, source.ProgramOf(FunctionDefinition.Of(old.Get<Func<int, string>>("App", "Name"))));
        Assert.Equal(old.Build("Deep"), source.Find(first, "App", null).Items.Single(i => i.Name == "Deep").Build);
        Assert.Equal(fresh.Build("Deep"), source.Find(second, "App", null).Items.Single(i => i.Name == "Deep").Build);
        // The same builds are the same program wherever they run.
        Assert.Equal(first, new CodeSource().ProgramOf(FunctionDefinition.Of(old.Get<Func<int, int>>("App", "Function", 0))));
    }

    [Fact]
    public async Task ClientsOfOneProgramShareASetUntilTheirBuildsPart()
    {
        var sets = new CodeSets(new CodeStore(Shipment.NewFolder()), keepIdle: 0);
        const string plugin = "public record Plugin(int Value) { public override string ToString() => $\"PLUGIN{Value}\"; } public static class Entry { public static object Make(int x) => new Plugin(x); }";
        const string host = "public static class Entry { public static Func<object, string> Show() => o => o.ToString()!; }";
        var shared = new Compiled().Add("Host", host);
        Compiled one = new Compiled().Add("Plugin", plugin.Replace("PLUGIN", "one")), two = new Compiled().Add("Plugin", plugin.Replace("PLUGIN", "two"));
        var show = shared.Get<Func<object, string>>("Host", "Show");
        using Shipment a = new(sets), b = new(sets);
        var showA = await a.ToEngineAsync(show);
        var showB = await b.ToEngineAsync(show);
        Assert.Same(a.Lease!.Set, b.Lease!.Set);

        // Each client has a plugin of that name loaded, of another build.
        var ofA = await a.Lease.ReadAsync(() => Trip.ReadValue<object>(Trip.ValueBytes(one.Get<object>("Plugin", "Make", 1))), new Only(a.Source, one), Token);
        Assert.Equal("one1", showA(ofA));
        var setOfBoth = a.Lease.Set;
        var ofB = await b.Lease.ReadAsync(() => ReadTogether(show, two.Get<object>("Plugin", "Make", 2), two), new Only(b.Source, two), Token);
        Assert.Equal("two2", ofB);
        Assert.Same(setOfBoth, a.Lease.Set);
        Assert.NotSame(setOfBoth, b.Lease.Set);
        Assert.Equal("one1", showA(ofA));
        Assert.NotNull(showB);
    }

    /// <summary>A task's function whose argument names the build of the plugin: by one of its methods.</summary>
    static string ReadTogether(Func<object, string> show, object plugin, Compiled from)
    {
        Func<string> asFunction = plugin.ToString!;
        var function = (Func<object, string>)Trip.Read(Trip.Write(show));
        var argument = (Func<string>)Trip.Read(Trip.Write(asFunction));
        Assert.NotSame(from.Loaded, Home(function));
        return function(argument.Target!);
    }

    /// <summary>A client process in which only this plugin is loaded.</summary>
    sealed class Only(CodeSource source, Compiled plugin) : ICodeClient
    {
        public Task<CodeBundle> FindAsync(Guid program, string assembly, Guid? build, CancellationToken cancel) =>
            Task.FromResult(source.Find(program, assembly, assembly == "Plugin" ? plugin.Build("Plugin") : build));

        public Task<ReadOnlyMemory<byte>> ImageAsync(CodeItem item, CancellationToken cancel) => Task.FromResult<ReadOnlyMemory<byte>>(source.Image(item.Build));
    }

    [Fact]
    public async Task ValuesOfTypesThatTheFunctionDoesNotReferTo()
    {
        var program = new Compiled()
            .Add("Shapes", "public abstract class Shape { public abstract double Area(); } public sealed class Box { public Shape[] Shapes = []; }")
            .Add("Circles", "public sealed class Circle : Shape { readonly double _r; public Circle(double r) => _r = r; public override double Area() => 3 * _r * _r; } public static class Entry { public static Shape Make(double r) => new Circle(r); }")
            .Add("Main", "public static class Entry { public static Func<Shape, double> Area() => s => s.Area(); public static Func<double> Captured(Shape s) => () => s.Area(); public static object Box(Shape s) => new Box { Shapes = [s, s] }; public static Func<object, double> Sum() => b => ((Box)b).Shapes.Sum(s => s.Area()); }");
        using var shipment = new Shipment();
        var circle = program.Get<object>("Circles", "Make", 2.0);
        var captured = await shipment.ToEngineAsync(program.Get<Func<double>>("Main", "Captured", circle));
        Assert.Equal(12, captured());
        Assert.Equal(["Main", "Circles"], shipment.Wire.Found);
        Assert.Equal(["Circles", "Main", "Shapes"], shipment.Wire.Sent.Order());

        var sum = await shipment.ToEngineAsync(program.Get<Func<object, double>>("Main", "Sum"));
        var box = await shipment.ValueToEngineAsync(program.Get<object>("Main", "Box", circle));
        Assert.Equal(24, sum(box));
        Assert.NotSame(circle.GetType(), captured.Target!.GetType());
    }

    [Fact]
    public async Task RecordsClosuresGenericsAndExceptionsOfShippedTypes()
    {
        var program = new Compiled().Add("Lib2", "namespace Lib { public record Point(int X, int Y); public sealed class LateException(string message, Point where) : Exception(message) { public Point Where { get; } = where; } public class Tree<T> { public T Value = default!; public List<Tree<T>> Children = []; } }")
            .Add("App2", """
            using Lib;
            public static class Entry
            {
                public static Func<int, object> Points() { var origin = new Point(1, 2); var list = new List<Point> { origin, origin }; return x => list.Distinct().Append(origin with { X = x }).ToDictionary(p => (p, p.Y), p => new[] { p }); }
                public static Func<int> Captures() { var origin = new Point(1, 2); var all = new List<Point> { origin, new(3, 4) }; int k = 10; Func<Point, int> f = p => p.X * k; return () => all.Sum(f) + (ReferenceEquals(all[0], origin) ? 1000 : 0); }
                public static Func<object, int> Count() => o => Walk((Tree<Point>)o);
                static int Walk(Tree<Point> t) => t.Value.X + t.Children.Sum(Walk);
                public static object Tree() { var root = new Tree<Point> { Value = new(1, 1) }; root.Children.Add(new() { Value = new(2, 2) }); return root; }
                public static Func<int> Throws() => () => throw new LateException("late", new Point(5, 6));
                public static Exception Exception() { try { return new LateException("late", new Point(5, 6)); } catch (Exception e) { return e; } }
                public static Func<Exception, int> Where() => e => ((LateException)e).Where.Y;
                public static Func<Task<string>> Async() { var p = new Point(7, 8); return async () => { await Task.Delay(1); await Task.Yield(); return p + " " + (Type.GetType("Lib.Point, Lib2") == typeof(Point)); }; }
                static T Same<T>(T x) => x;
                public static Func<Point[], Point[]> Generic() => Same<Point[]>;
            }
            """);
        using var shipment = new Shipment();
        Assert.Equal(1040, (await shipment.ToEngineAsync(program.Get<Func<int>>("App2", "Captures")))());
        Assert.Equal(3, (await shipment.ToEngineAsync(program.Get<Func<object, int>>("App2", "Count")))(await shipment.ValueToEngineAsync(program.Get<object>("App2", "Tree"))));

        var throws = await shipment.ToEngineAsync(program.Get<Func<int>>("App2", "Throws"));
        var e = Record.Exception(() => throws())!;
        Assert.Equal("LateException", e.GetType().Name);
        // Back at the client, as itself.
        byte[] bytes = Trip.ValueBytes(e);
        using (program.Loaded.EnterContextualReflection())
        {
            var back = Trip.ReadValue<Exception>(bytes);
            Assert.Same(program.Load("Lib2").GetType("Lib.LateException"), back.GetType());
            Assert.Contains("Point { X = 5, Y = 6 }", back.GetType().GetProperty("Where")!.GetValue(back)!.ToString(), StringComparison.Ordinal);
        }

        // And as an argument, from a client whose function doesn't name it, in a fresh set.
        using var fresh = new Shipment();
        await fresh.ToEngineAsync(Three().Get<Func<int, string>>("App", "Name"));
        var late = await fresh.ValueToEngineAsync(program.Get<Exception>("App2", "Exception"));
        Assert.Equal("LateException", late.GetType().Name);
        Assert.Equal(["App", "Lib2"], fresh.Wire.Found);

        var where = await shipment.ToEngineAsync(program.Get<Func<Exception, int>>("App2", "Where"));
        Assert.Equal(6, where(await shipment.ValueToEngineAsync(program.Get<Exception>("App2", "Exception"))));
        var points = await shipment.ToEngineAsync(program.Get<Func<int, object>>("App2", "Points"));
        Assert.Equal("Dictionary`2", points(4).GetType().Name);
        var generic = await shipment.ToEngineAsDelegateAsync(program.Get<Delegate>("App2", "Generic"));
        Assert.Same(shipment.Lease!.Set.Context, AssemblyLoadContext.GetLoadContext(generic.Method.GetGenericArguments()[0].GetElementType()!.Assembly));

        var soon = await shipment.ToEngineAsync(program.Get<Func<Task<string>>>("App2", "Async"));
        Task<string> running;
        using (shipment.Lease.Enter()) running = soon();
        Assert.Null(AssemblyLoadContext.CurrentContextualReflectionContext);
        Assert.Equal("Point { X = 7, Y = 8 } True", await running);
    }

    [Fact]
    public async Task WhatTheEngineHasOfTheSameBuildIsSharedAndNotSent()
    {
        int captured = 3;
        using var shipment = new Shipment();
        var function = await shipment.ToEngineAsync(() => new Person("Ann", captured));
        Assert.IsType<Person>((object)function());
        Assert.Same(AssemblyLoadContext.Default, Home(function));
        Assert.DoesNotContain("ActorParallel.Tests", shipment.Wire.Sent);
        Assert.Empty(shipment.Wire.Sent);
        // The framework's own methods are never asked for.
        Assert.Equal(3, (await shipment.ToEngineAsync((Func<double, double>)Math.Sqrt))(9));
    }

    [Fact]
    public void TheSameBuildOfSomethingThatRefersToAnotherBuildIsTheClientsOwn()
    {
        CodeItem Item(string name, Guid build, params string[] references) => new(name, new Version(1, 0), build, new string('a', 64), 1, references);
        var here = typeof(CodeShippingTests).Assembly.GetName().Name!;
        Guid mine = typeof(CodeShippingTests).Module.ModuleVersionId, xunit = typeof(Assert).Module.ModuleVersionId;
        string assert = typeof(Assert).Assembly.GetName().Name!;
        var set = new CodeSet(Guid.NewGuid(), new CodeStore(Shipment.NewFolder()));
        Assert.Empty(set.Lacks(new([Item(here, mine, assert), Item(assert, xunit)])));
        Assert.Equal([here, assert], set.Lacks(new([Item(here, mine, assert), Item(assert, Guid.NewGuid())])).Select(i => i.Name));
        Assert.Equal([here], set.Lacks(new([Item(here, Guid.NewGuid(), assert), Item(assert, xunit)])).Select(i => i.Name));
        // An older package than the framework's own gives way to it, a newer one doesn't; Akka is the engine's whatever comes.
        Assert.Empty(set.Lacks(new([Item("System.Text.Json", Guid.NewGuid()), Item("Akka", Guid.NewGuid())])));
        Assert.Single(set.Lacks(new([Item("System.Text.Json", Guid.NewGuid()) with { Version = new Version(99, 0) }])));
    }

    [Fact]
    public async Task ManyAtOnceGetOneSet()
    {
        var program = Three();
        using var shipment = new Shipment();
        var function = program.Get<Func<int, int>>("App", "Function", 0);
        var lease = shipment.Sets.Open(shipment.Source.ProgramOf(FunctionDefinition.Of(function)));
        byte[] bytes = Trip.Write(function);
        var read = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => lease.ReadAsync(() => (Func<int, int>)Trip.Read(bytes), shipment.Wire, Token))));
        Assert.All(read, f => Assert.Equal(8, f(1)));
        Assert.Single(read.Select(f => f.Method.Module).Distinct());
        Assert.Equal((1, 3), (shipment.Wire.Found.Count, shipment.Wire.Sent.Count));
        lease.Dispose();
    }

    [Fact]
    public async Task SetsUnload()
    {
        long before = 0;
        var sets = new CodeSets(new CodeStore(Shipment.NewFolder()), keepIdle: 2);
        for (int i = 0; i < 20; i++)
        {
            await UseAsync(sets, i);
            await Task.Yield(); // Off the stack of what was used.
            if (i == 4) before = Environment.WorkingSet;
        }

        for (int i = 0; sets.Lingering > 0 && i < 50; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, sets.Lingering);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 200L << 20);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static async Task UseAsync(CodeSets sets, int i)
    {
        var program = new Compiled(collectible: true).Add("Unloaded", $$"""
            public record Item(int X, string Name); public struct Pair { public int A; public Item B; }
            public static class Entry
            {
                static readonly byte[] s_big = new byte[1 << 20];
                public static Func<int, object> Work() { var k = new Item({{i}}, "x"); return x => Enumerable.Range(0, 40).Select(n => new Item(n, k.Name)).Append(k).ToList(); }
                public static Func<Pair[]> Pairs() => () => Enumerable.Range(s_big.Length - (1 << 20), 40).Select(n => new Pair { A = n, B = new Item(n, "") }).ToArray();
                public static Func<Task<int>> Later() { var k = new Item(1, "x"); return async () => { await Task.Yield(); return k.X; }; }
            }
            """);
        using var shipment = new Shipment(new CodeSets(sets.Store, keepIdle: 0));
        var source = shipment.Source;
        using var lease = sets.Open(source.ProgramOf(FunctionDefinition.Of(program.Get<Func<int, object>>("Unloaded", "Work"))));
        foreach (string name in new[] { "Work", "Pairs", "Later" })
        {
            byte[] bytes = Trip.Write(program.Get<Delegate>("Unloaded", name));
            var function = await lease.ReadAsync(() => Trip.Read(bytes), shipment.Wire, Token);
            using (lease.Enter())
            {
                object? result = function.DynamicInvoke(function.Method.GetParameters().Length == 0 ? [] : [1]);
                if (result is Task<int> task) Assert.Equal(1, await task);
                else Assert.NotNull(Trip.Value(result));
                Assert.NotNull(Trip.Write(function));
            }
        }

        program.Loaded.Unload();
    }

    [Fact]
    public async Task AFunctionThatIsHeldRunsOnAfterItsSet()
    {
        var shipment = new Shipment();
        var there = await shipment.ToEngineAsync(Three().Get<Func<int, int>>("App", "Function", 1));
        shipment.Dispose();
        Assert.Equal(1, shipment.Sets.Lingering);
        // Its references are bound only now.
        Assert.Equal(9, there(1));
    }

    [Theory]
    [InlineData("Plain")]
    [InlineData("Coloured")]
    [InlineData("Unions")]
    public async Task TypesWithMessagePacksAttributes(string kind)
    {
        var program = new Compiled().Add("Packed", """
            using MessagePack;
            public enum Colour { Red, Green }
            [MessagePackObject] public class Plain { [Key(0)] public int X; [Key(1)] string _name = ""; public Plain Named(string n) { _name = n; return this; } public override string ToString() => X + _name; }
            [MessagePackObject] public class Coloured { [Key(0)] public Colour C; [Key(1)] public List<Plain> Items = []; public override string ToString() => C + string.Concat(Items); }
            [Union(0, typeof(Round))] public interface IShape { }
            [MessagePackObject] public class Round : IShape { [Key(0)] public int R; public override string ToString() => "Round" + R; }
            [MessagePackObject] public class Unions { [Key(0)] public IShape? Shape; public override string ToString() => Shape!.ToString()!; }
            public static class Entry
            {
                public static object Plain() => new Plain { X = 1 };
                public static object Coloured() => new Coloured { C = Colour.Green, Items = [new Plain { X = 2 }] };
                public static object Unions() => new Unions { Shape = new Round { R = 3 } };
                public static Func<object, string> Show() => o => o.ToString()!;
            }
            """);
        using var shipment = new Shipment();
        var show = await shipment.ToEngineAsync(program.Get<Func<object, string>>("Packed", "Show"));
        object value = program.Get<object>("Packed", kind), there = await shipment.ValueToEngineAsync(value);
        Assert.Equal(value.ToString(), show(there));
        Assert.NotSame(value.GetType(), there.GetType());
        using (program.Loaded.EnterContextualReflection()) Assert.Equal(value.ToString(), Trip.ReadValue<object>(Trip.ValueBytes(there)).ToString());
    }

    [Fact]
    public void TheSetOfAProgramThatComesAgainIsStillThere()
    {
        var program = Three();
        var sets = new CodeSets(new CodeStore(Shipment.NewFolder()), keepIdle: 1);
        var id = new CodeSource().ProgramOf(FunctionDefinition.Of(program.Get<Func<int, int>>("App", "Function", 0)));
        var first = sets.Open(id);
        var second = sets.Open(id);
        Assert.Same(first.Set, second.Set);
        var set = first.Set;
        first.Dispose();
        first.Dispose();
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.Enter());
        var third = sets.Open(id);
        Assert.Same(set, third.Set);
        third.Dispose();
        sets.Open(Guid.NewGuid()).Dispose();
        using var fourth = sets.Open(id);
        Assert.NotSame(set, fourth.Set);
    }
}
