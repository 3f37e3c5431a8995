using System.Globalization;
using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Tests.Functions;

/// <summary>Functions of every kind arrive and do what they did.</summary>
public sealed class FunctionTripTests
{
    static int Square(int x) => x * x;
    static T Echo<T>(T value) => value;
    static int s_calls;

    readonly int _member = 7;

    int AddMember(int x) => x + _member;

    [Fact]
    public void NoCaptures()
    {
        Assert.Equal(9, Trip.Of((int x) => x * x)(3));
        Assert.Equal(9, Trip.Of(static (int x) => x * x)(3));
        Assert.Equal(9, Trip.Of((Func<int, int>)Square)(3));
        Assert.Equal("a", Trip.Of((Func<string, string>)Echo)("a"));
        Assert.Equal(2, Trip.Of((Func<int, int>)Echo)(2));
        Trip.Of(() => s_calls++)();
        Assert.Equal(1, s_calls);
        Assert.False(FunctionDefinition.Of((int x) => x * x).HasCaptures);
    }

    [Fact]
    public void CapturedValuesAreCopies()
    {
        int number = 1;
        string text = "a";
        int[] array = [1, 2];
        var list = new List<int> { 1 };
        var function = () => $"{number} {text} {array[0]} {list.Count}";
        byte[] bytes = Trip.Write(function);
        number = 2;
        text = "b";
        array[0] = 9;
        list.Add(2);
        Assert.Equal("1 a 1 1", ((Func<string>)Trip.Read(bytes))());
        Assert.Equal("2 b 9 2", function());
    }

    [Fact]
    public void WritesToCapturesStayThere()
    {
        int counter = 10;
        Func<int> next = () => ++counter;
        var copy = Trip.Of(next);
        Assert.Equal(11, copy());
        Assert.Equal(12, copy());
        Assert.Equal(10, counter);
    }

    [Fact]
    public void CapturedParametersAndLoopVariables()
    {
        var functions = new List<Func<int>>();
        foreach (int i in new[] { 1, 2, 3 }) functions.Add(Make(i, "unused"));
        Assert.Equal([2, 4, 6], functions.Select(f => Trip.Of(f)()));

        static Func<int> Make(int parameter, string other) => other.Length > 0 ? () => 2 * parameter : () => other.Length;
    }

    [Fact]
    public void Generics()
    {
        Assert.Equal("Int32 x", Trip.Of(In<int>.Lambda("x"))());
        Assert.Equal("String 1 Int32", Trip.Of(In<string>.Lambda(1, "unused"))());
        Assert.Equal("String", Trip.Of(In<string>.FromStaticConstructor)(""));
        Assert.Equal("List`1 Guid", Trip.Of((Func<string>)In<List<int>>.Names<Guid>)());
        Assert.Equal("KeyValuePair`2", Trip.Of((Func<string>)new In<KeyValuePair<string, int>>.Inner<int>().Name)());
        Assert.Equal([3, 1], Trip.Of((Func<IEnumerable<int>, IEnumerable<int>>)Enumerable.Reverse)([1, 3]));
    }

    [Fact]
    public void MethodGroupsOfTheFramework()
    {
        Assert.Equal(3, Trip.Of((Func<double, double>)Math.Sqrt)(9));
        Assert.Equal(12, Trip.Of((Func<string, int>)int.Parse)("12"));
        Assert.Equal(0xFF, Trip.Of((Func<string, NumberStyles, int>)int.Parse)("FF", NumberStyles.HexNumber));
        Assert.Equal("ab", Trip.Of((Func<string, string, string>)string.Concat)("a", "b"));
        Assert.Equal("abc", Trip.Of((Func<string, string, string, string>)string.Concat)("a", "b", "c"));
        Assert.Equal(2, Trip.Of((Func<int, int, int>)Math.Min)(2, 3));
        Assert.Equal(2.5, Trip.Of((Func<double, double, double>)Math.Min)(2.5, 3));
        Assert.Equal(6, Trip.Of((Func<IEnumerable<int>, int>)Enumerable.Sum)([1, 2, 3]));
        Assert.Equal("[b, 1]", Trip.Of((Func<string, int, KeyValuePair<string, int>>)KeyValuePair.Create)("b", 1).ToString());
        Assert.True(Trip.Of((Predicate<string>)"abc".Contains)("b"));
        Assert.Equal("A", Trip.Of((Func<string>)"a".ToUpperInvariant)());
        Assert.Equal(3, Trip.Of((Func<int>)new List<int> { 1, 2 }.Append(3).ToList().Count<int>)());
        Assert.Equal((decimal)2, Trip.Of(typeof(decimal).GetMethod("op_Implicit", [typeof(int)])!.CreateDelegate<Func<int, decimal>>())(2));
        Assert.Equal(2L, Trip.Of(typeof(decimal).GetMethods().Single(m => m.Name == "op_Explicit" && m.ReturnType == typeof(long)).CreateDelegate<Func<decimal, long>>())(2.5m));
    }

    [Fact]
    public void MethodGroupsOfObjects()
    {
        Assert.Equal(10, Trip.Of((Func<int, int>)AddMember)(3));
        Assert.Equal(11, Trip.Of((int x) => AddMember(x) + 1)(3));
        Assert.Equal("Person { Name = Ann, Age = 3 }", Trip.Of((Func<string>)new Person("Ann", 3).ToString)());
        Assert.Equal(4, Trip.Of((Func<int>)new Person("Ann", 3).Next)());
        Assert.Equal(25, Trip.Of((Func<double>)new Point(3, 4).SquaredLength)());
        Assert.Equal("derived", Trip.Of((Func<string>)((Base)new Derived()).Name)());
        Assert.Equal("base", Trip.Of(new Derived().BaseName())());
        IGreeter greeter = new Greeter();
        Assert.Equal("hello Bo", Trip.Of((Func<string, string>)greeter.Greet)("Bo"));
        Func<string> shout = "a".Shout;
        Assert.Equal("A!", Trip.Of(shout)());
        Assert.Equal("abab", Trip.Of("ab".Repeated(2))());
        Assert.Equal("null", Trip.Of((Func<string>)((string?)null).OrNull)());
    }

    [Fact]
    public void ConstructorsParametersAndInitializers()
    {
        Assert.Equal(8, Trip.Of(new Primary(3, "unused").Function)(5));
        Assert.Equal(6, Trip.Of(new Primary(3, "unused").Initialized)(3));
        Assert.Equal(9, Trip.Of(new Primary(3, "x").FromConstructor)());
    }

    [Fact]
    public void OpenInstanceDelegatesAndDelegatesOfDelegates()
    {
        var length = (Func<string, int>)Delegate.CreateDelegate(typeof(Func<string, int>), typeof(string).GetProperty("Length")!.GetMethod!);
        Assert.Equal(3, Trip.Of(length)("abc"));
        int captured = 4;
        Func<int> inner = () => captured, outer = inner.Invoke;
        Assert.Equal(4, Trip.Of(outer)());
    }

    [Fact]
    public void DelegateTypesKeepTheirShape()
    {
        int captured = 2;
        Custom custom = (ref int x, out string y) =>
        {
            x += captured;
            y = "out";
        };
        int value = 1;
        Trip.Of(custom)(ref value, out string text);
        Assert.Equal((3, "out"), (value, text));
        var natural = (int a, string b = "default") => a + b + captured;
        Assert.Equal("1default2", Trip.Read(Trip.Write(natural)).DynamicInvoke(1, Type.Missing));
        Func<object> variant = (Func<string>)(() => "s" + captured);
        Assert.IsType<Func<string>>(Trip.Read(Trip.Write(variant)));
    }

    [Fact]
    public async Task AsyncFunctions()
    {
        int captured = 2;
        Assert.Equal(6, await Trip.Of(async (int x) => { await Task.Yield(); return x * captured; })(3));
        Assert.Equal(3, await Trip.Of((Func<int, Task<int>>)Task.FromResult)(3));
        await Trip.Of(async () => await Task.Yield())();
    }

    [Fact]
    public void UnreadNeighboursNeitherFailNorCost()
    {
        int needed = 3;
        byte[] huge = new byte[10_000_000];
        using var stream = new MemoryStream();
        Func<int> function = () => needed;
        Func<long> other = () => huge.Length + stream.Length;
        int bytes = Trip.Write(function).Length;
        Assert.InRange(bytes, 1, 200);
        Assert.Equal(3, Trip.Of(function)());
        Assert.Equal(10_000_000, other());
    }

    [Fact]
    public void DefinitionsAreMadeOnce()
    {
        int captured = 1;
        Func<int> Make() => () => captured;
        Assert.NotSame(Make(), Make());
        Assert.Same(FunctionDefinition.Of(Make()), FunctionDefinition.Of(Make()));
        Func<int, int> square = Square;
        Assert.Same(FunctionDefinition.Of(square), FunctionDefinition.Of(new Func<int, int>(Square)));
        Assert.NotSame(FunctionDefinition.Of(square), FunctionDefinition.Of(new Converter<int, int>(Square)));
    }

    [Fact]
    public void OneDefinitionReadsManyCalls()
    {
        using var writer = PayloadWriter.Rent();
        FunctionDefinition.Of(Make(0)).Write(writer);
        var reader = new PayloadReader(writer.ToArray());
        var definition = FunctionDefinition.Read(ref reader);
        for (int i = 0; i < 3; i++)
        {
            using var captures = PayloadWriter.Rent();
            var function = Make(i);
            FunctionDefinition.Of(function).WriteCaptures(captures, function);
            Assert.Equal(1, captures.Length - 2);
            var call = new PayloadReader(captures.ToArray());
            Assert.Equal(i, ((Func<int>)definition.ReadCaptures(ref call))());
        }

        static Func<int> Make(int i) => () => i;
    }
}
