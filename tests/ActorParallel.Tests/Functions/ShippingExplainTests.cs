namespace ActorParallel.Tests.Functions;

public sealed class ShippingExplainTests
{
    readonly string _member = "text";

    [Fact]
    public void NullThrows() => Assert.Throws<ArgumentNullException>(() => Shipping.Explain(null!));

    [Fact]
    public void ListsWhatTravelsAndWhatStays()
    {
        int factor = 3;
        double[] weights = [1, 2, 3];
        string unread = "x";
        Func<int, double> function = x => x * factor * weights[0];
        Func<int> other = () => unread.Length;
        var report = Shipping.Explain(function);

        Assert.True(report.CanShip);
        Assert.Null(report.Problem);
        Assert.Equal("the lambda in ShippingExplainTests.ListsWhatTravelsAndWhatStays", report.Function);
        Assert.Equal("ActorParallel.Tests", report.Assembly);
        Assert.Equal(typeof(ShippingExplainTests).Module.ModuleVersionId, report.ModuleVersionId);
        Assert.Equal([("factor", "Int32", 1L), ("weights", "Double[]", 26L)], report.Items.Select(i => (i.Name, i.Type, i.Bytes)));
        Assert.All(report.Items, i => Assert.Equal("read by the body", i.Reason));
        Assert.Equal(["unread (String)"], report.NotShipped);
        Assert.Equal(1, other());
    }

    [Fact]
    public void BytesAreThoseThatTravel()
    {
        int number = 3;
        var person = new Person("Ann", 4);
        Func<int> inner = () => number;
        foreach (Delegate function in new Delegate[]
        {
            () => 1, () => number, () => person, () => inner() + number, () => _member + number, () => _member, (Func<double, double>)Math.Sqrt,
            (Func<string>)person.ToString, (Func<List<int>, int>)Enumerable.Count,
        })
        {
            var report = Shipping.Explain(function);
            Assert.True(report.CanShip, report.ToString());
            Assert.Equal(Trip.Write(function).LongLength, report.Bytes);
            Assert.InRange(report.Bytes - report.Items.Sum(i => i.Bytes), 1, 500);
        }
    }

    [Fact]
    public void NestedScopesStayWhenUnread()
    {
        int outer = 1, unreadOuter = 2;
        Func<int> function = null!, other = null!;
        {
            int inner = 3, unreadInner = 4;
            function = () => inner;
            other = () => outer + inner + unreadOuter + unreadInner;
        }

        Assert.Equal("inner", Assert.Single(Shipping.Explain(function).Items).Name);
        Assert.Equal(["outer (Int32)", "unreadInner (Int32)", "unreadOuter (Int32)"], Shipping.Explain(function).NotShipped.Order());
        Assert.Empty(Shipping.Explain(other).NotShipped);
    }

    [Fact]
    public void EveryProblemIsListed()
    {
        using var stream = new MemoryStream();
        var task = Task.CompletedTask;
        int fine = 1;
        var report = Shipping.Explain(() => stream.Length + (task.IsCompleted ? fine : 0));
        Assert.False(report.CanShip);
        Assert.Equal(["fine", "stream", "task"], report.Items.Select(i => i.Name).Order());
        Assert.Equal(2, report.Items.Count(i => i.Problem is not null));
        Assert.Equal(0, report.Items.Single(i => i.Name == "stream").Bytes);
        Assert.Equal(1, report.Items.Single(i => i.Name == "fine").Bytes);
        Assert.StartsWith("stream: ", report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ThisTravelsWhole()
    {
        var item = Assert.Single(Shipping.Explain(() => _member).Items);
        Assert.Equal(("this", "ShippingExplainTests", "the object travels whole"), (item.Name, item.Type, item.Reason));
    }

    [Fact]
    public void FunctionsThatCannotTravelAreReported()
    {
        Action both = () => { };
        both += () => { };
        var report = Shipping.Explain(both);
        Assert.False(report.CanShip);
        Assert.Equal(0, report.Bytes);
        Assert.Contains("combines 2", report.Problem, StringComparison.Ordinal);
        Assert.Contains("combines 2", report.ToString(), StringComparison.Ordinal);
        System.Linq.Expressions.Expression<Func<int>> tree = () => 1;
        Assert.Contains("compiled expression", Shipping.Explain(tree.Compile()).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ListsTheAssembliesAnEngineWouldNeed()
    {
        var program = new Compiled().Add("Base1", "public class Base1 { }").Add("Derived1", "public class Derived1 : Base1 { } public static class Entry { public static object Make() => new Derived1(); }")
            .Add("Uses1", "public static class Entry { public static Func<string?> Show(object o) => () => o.ToString(); public static Func<int> Plain() => () => 1; }");
        var plain = Shipping.Explain(program.Get<Func<int>>("Uses1", "Plain"));
        var only = Assert.Single(plain.Assemblies);
        Assert.Equal(("Uses1", program.Build("Uses1"), new FileInfo(Path.Combine(program.Folder, "Uses1.dll")).Length), (only.Name, only.ModuleVersionId, only.Bytes));
        Assert.Contains($"sent once to an engine without it: Uses1 0.0.0.0 ({only.Bytes:N0} bytes)", plain.ToString(), StringComparison.Ordinal);
        Assert.InRange(plain.Bytes, 1, 500);

        // A captured value's own type brings its assembly, and what that needs.
        var value = Shipping.Explain(program.Get<Func<string?>>("Uses1", "Show", program.Get<object>("Derived1", "Make")));
        Assert.Equal(["Uses1", "Derived1", "Base1"], value.Assemblies.Select(a => a.Name));
        Assert.Empty(Shipping.Explain((Func<double, double>)Math.Sqrt).Assemblies);
        var own = Shipping.Explain(() => 1).Assemblies;
        Assert.Equal("ActorParallel.Tests", own[0].Name);
        Assert.Contains("xunit.v3.core", own.Select(a => a.Name));
        Assert.DoesNotContain(own, a => a.Name is "ActorParallel" or "Akka" or "MessagePack" or "System.Runtime");
    }

    [Fact]
    public void ReadsAsATable()
    {
        int factor = 3;
        using var stream = new MemoryStream();
        string unread = "";
        Func<long> function = () => factor + stream.Length, other = () => unread.Length + factor;
        string[] lines = Shipping.Explain(function).ToString().Split(Environment.NewLine);
        Assert.Matches(@"^the lambda in ShippingExplainTests\.ReadsAsATable, of ActorParallel\.Tests \(build [0-9a-f-]{36}\): can't travel$", lines[0]);
        Assert.Equal("  factor  Int32         1 byte, read by the body", lines[1]);
        Assert.StartsWith("  stream  MemoryStream  stream: ", lines[2], StringComparison.Ordinal);
        Assert.Equal("  not read, stays here: unread (String)", lines[3]);
        Assert.Contains("bytes of it for the function itself", Shipping.Explain(other).ToString(), StringComparison.Ordinal);
    }
}
