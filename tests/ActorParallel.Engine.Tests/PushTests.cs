using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using ActorParallel.Scripts;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ActorParallel.EngineTests;

public class PushTests
{
    readonly Engine _engine = new();

    /// <summary>What code knows a value as.</summary>
    async Task<string> TypeInCode(object? value)
    {
        _engine.Values["v"] = value;
        await _engine.Execute("string TypeOf<T>(T value) => typeof(T).ToString();");
        return await _engine.Evaluate<string>("TypeOf(v)");
    }

    public static TheoryData<object> Nameable => new((object[])
    [
        1, "text", 2.5m, 'c', Guid.Empty, DateTime.UnixEpoch, DayOfWeek.Monday, new[] { 1, 2 }, new[,] { { 1 } }, new[] { new[,] { { 1 } } },
        (1, "two"), ((1, 2), Name: "x"), new Dictionary<string, List<int?>>(), ImmutableArray.Create(1), new Person("Ada", 36),
        new List<Person[]>(), new Outer<int>.Inner<string>(1, "a"), new KeyValuePair<int, Person>[1], new Dictionary<int, int>().Keys, (Func<int, int>)Math.Abs,
    ]);

    [Theory, MemberData(nameof(Nameable))]
    public async Task A_value_is_a_variable_of_its_own_type(object value)
    {
        Assert.Equal(value.GetType().ToString(), await TypeInCode(value));
        Assert.Equal(value, await _engine.Evaluate<object>("v"));
    }

    [Fact]
    public async Task Code_uses_what_was_pushed()
    {
        _engine.Values["person"] = new Person("Ada", 36);
        _engine.Values["pair"] = (1, "two");
        _engine.Values["numbers"] = new[] { 1, 2, 3 };
        _engine.Values["map"] = new Dictionary<string, int> { ["one"] = 1 };
        await _engine.Execute("var older = person with { Age = 37 }; var (first, second) = pair; var sum = numbers.Sum(); map[\"two\"] = 2; pair.Item1 = 9;");
        Assert.Equal(new Person("Ada", 37), _engine.Values["older"]);
        Assert.Equal([1, "two", 6], new[] { "first", "second", "sum" }.Select(name => _engine.Values[name]));
        Assert.Equal(2, Assert.IsType<Dictionary<string, int>>(_engine.Values["map"])["two"]);
        Assert.Equal((9, "two"), _engine.Values["pair"]);
    }

    [Fact]
    public async Task The_last_write_wins_in_both_directions()
    {
        _engine.Values["a"] = 1;
        await _engine.Execute("a += 10;");
        Assert.Equal(11, _engine.Values["a"]);
        _engine.Values["a"] = 5;
        Assert.Equal(6, await _engine.Evaluate<int>("a + 1"));
        await _engine.Execute("a = 7;");
        Assert.Equal(7, _engine.Values["a"]);
        Assert.True(_engine.Values.TryGet("a", out int typed) && typed == 7);
        Assert.Equal(7, _engine.Values.GetOrAdd("a", () => 0));
        await _engine.Execute("int a = 8;");
        Assert.Equal(8, _engine.Values["a"]);
    }

    [Fact]
    public async Task A_value_of_another_type_redefines_a_pushed_variable()
    {
        _engine.Values["a"] = 1;
        await _engine.Execute("a++;");
        _engine.Values["a"] = "text";
        Assert.Equal(4, await _engine.Evaluate<int>("a.Length"));
        _engine.Values["a"] = new Person("Ada", 1);
        Assert.Equal("Ada", await _engine.Evaluate<string>("a.Name"));
        _engine.Values["a"] = null;
        Assert.Null(await _engine.Host.EvaluateAsync("a", TestContext.Current.CancellationToken));
        _engine.Values["a"] = 3L;
        Assert.Equal(3L, await _engine.Evaluate<long>("a"));
    }

    [Fact]
    public async Task A_declared_variable_keeps_its_type_while_it_can_hold_the_value()
    {
        await _engine.Execute("IEnumerable<int> items = []; int Count() => items.Count(); int n = 1; int N() => n;");
        _engine.Values["items"] = new[] { 1, 2, 3 };
        Assert.Equal(3, await _engine.Evaluate<int>("Count()"));
        _engine.Values["n"] = "text";
        Assert.Equal("text1", await _engine.Evaluate<string>("n + N()"));
        Assert.Equal("text", _engine.Values["n"]);
    }

    [Fact]
    public async Task An_anonymous_value_is_dynamic_and_comes_back_as_itself()
    {
        var value = new { X = 1, Inner = new { Y = "two" } };
        _engine.Values["v"] = value;
        Assert.Equal(1, await _engine.Evaluate<int>("(int)v.X"));
        Assert.Equal(3, await _engine.Evaluate<int>("v.Inner.Y.Length"));
        Assert.Same(value, await _engine.Evaluate<object>("v"));
        Assert.Same(value, _engine.Values["v"]);
    }

    [Fact]
    public async Task A_hidden_type_is_its_nearest_public_base_or_interface()
    {
        Assert.Equal("ActorParallel.EngineTests.IGreeter", await TypeInCode(new HiddenGreeter()));
        Assert.Equal("hello", await _engine.Evaluate<string>("v.Greet()"));
        Assert.Equal("ActorParallel.EngineTests.Animal", await TypeInCode(new HiddenDog()));
        Assert.Equal("System.Collections.Generic.IEnumerable`1[System.Int32]", await TypeInCode(Enumerable.Range(0, 9).Where(n => n > 2)));
        Assert.Equal("System.Object[]", await TypeInCode(new[] { new { A = 1 } }));
        Assert.Equal("ActorParallel.EngineTests.Animal[]", await TypeInCode(new[] { new HiddenDog() }));
        Assert.Equal("System.Collections.Generic.IReadOnlyList`1[System.Object]", await TypeInCode(new[] { new { A = 1 } }.ToList()));
        Assert.Equal("System.Reflection.PropertyInfo", await TypeInCode(typeof(Person).GetProperty("Name")));
    }

    [Fact]
    public async Task A_hidden_types_public_members_work_through_dynamic()
    {
        var hidden = new Hidden();
        _engine.Values["v"] = hidden;
        await _engine.Execute("v.Size = 5; int grown = v.Grow(2);");
        Assert.Equal((7, 7), (hidden.Size, _engine.Values["grown"]));
        var error = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => _engine.Execute("v.Fail();"));
        Assert.Equal("no zone", error.Message);
        await Assert.ThrowsAsync<Microsoft.CSharp.RuntimeBinder.RuntimeBinderException>(() => _engine.Execute("v.Missing();"));
    }

    [Fact]
    public async Task A_value_of_a_scripts_type_can_be_pushed_on()
    {
        await _engine.Execute("record Point(int X) { public record Part(int Y); } var p = new Point(4); var part = new Point.Part(6);");
        _engine.Values["q"] = _engine.Values["p"];
        _engine.Values["r"] = _engine.Values["part"];
        Assert.Equal(10, await _engine.Evaluate<int>("q.X + r.Y"));
        await _engine.Execute("record Point(string Other);");
        _engine.Values["old"] = _engine.Values["p"];
        Assert.Equal(4, await _engine.Evaluate<int>("(int)old.X"));
    }

    [Fact]
    public async Task A_removed_value_is_let_go()
    {
        await _engine.Execute("var big = new byte[10];");
        Assert.True(_engine.Values.Remove("big"));
        Assert.DoesNotContain("big", _engine.Values.Names);
        Assert.Null(await _engine.Host.EvaluateAsync("big", TestContext.Current.CancellationToken));
        _engine.Values["big"] = 3;
        Assert.Equal(3, await _engine.Evaluate<int>("big"));
    }

    [Fact]
    public async Task Names_that_no_code_can_say_are_left_alone()
    {
        _engine.Values["not a name"] = 1;
        _engine.Values["class"] = 2;
        await _engine.Execute("class C { } int ok = 1;");
        Assert.Equal(["class", "not a name", "ok"], _engine.Values.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Types_of_an_assembly_that_came_as_bytes()
    {
        var first = Load("namespace Shipped; public record Item(int N);", "ap-shipped-test");
        _engine.Values["item"] = Activator.CreateInstance(first.GetType("Shipped.Item")!, 5);
        Assert.Equal(5, await _engine.Evaluate<int>("item.N"));
        Assert.True(_engine.Host.AddReference(first));
        await _engine.Execute("using Shipped; var made = new Item(item.N + 1);");
        Assert.Same(first.GetType("Shipped.Item"), _engine.Values["made"]!.GetType());

        // A rebuilt program's type has the same name and is another: it goes by its members.
        var second = Load("namespace Shipped; public record Item(int N, int M);", "ap-shipped-test");
        Assert.False(_engine.Host.AddReference(second));
        _engine.Values["other"] = Activator.CreateInstance(second.GetType("Shipped.Item")!, 5, 6);
        Assert.Equal(11, await _engine.Evaluate<int>("(int)other.N + (int)other.M"));
    }

    [Fact]
    public async Task A_value_is_pushed_while_code_compiles_and_nothing_is_lost()
    {
        _engine.Values["n"] = 0;
        using var stop = new CancellationTokenSource();
        int pushed = 0;
        var pushing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) _engine.Values["n"] = (pushed++ & 1) == 0 ? pushed : (object)(long)pushed;
        }, TestContext.Current.CancellationToken);
        for (int i = 0; i < 20; i++) Assert.True(Convert.ToInt64(await _engine.Evaluate<object>($"/* {i} */ n"), CultureInfo.InvariantCulture) >= 0);
        stop.Cancel();
        await pushing;
        Assert.Equal((long)pushed, Convert.ToInt64(_engine.Values["n"], CultureInfo.InvariantCulture));
        Assert.Equal((long)pushed, Convert.ToInt64(await _engine.Evaluate<object>("n"), CultureInfo.InvariantCulture));
    }

    static Assembly Load(string code, string name)
    {
        using var image = new MemoryStream();
        var compilation = CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText(code)], PlatformReferences.Common.Select(PlatformReferences.Get), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.True(compilation.Emit(image).Success);
        image.Position = 0;
        return new AssemblyLoadContext(name, isCollectible: true).LoadFromStream(image);
    }
}
