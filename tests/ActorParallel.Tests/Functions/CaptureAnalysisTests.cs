using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace ActorParallel.Tests.Functions;

/// <summary>What each shape of function reads of what its scope captured. Run in Debug and Release: the compiler's shapes differ.</summary>
public sealed class CaptureAnalysisTests
{
    readonly int _member = 5;

    static async Task<int> Twice(int x)
    {
        await Task.Yield();
        return 2 * x;
    }

    [Fact]
    public void SiblingsInOneScopeReadTheirOwn()
    {
        int a = 1, b = 2, unused = 3;
        Func<int> first = () => a, second = () => b, third = () => unused;
        Assert.Equal("a", Trip.Reads(first));
        Assert.Equal("b", Trip.Reads(second));
        Assert.Equal(1, Trip.Of(first)());
        Assert.Equal(3, Trip.Of(third)());
    }

    [Fact]
    public void NestedScopesAreFollowedToTheRoot()
    {
        int outer = 1, unusedOuter = 10;
        Func<int> function = null!;
        Func<int> other = () => unusedOuter;
        for (int i = 0; i < 2; i++)
        {
            int middle = 100 + i, unusedMiddle = 7;
            {
                int inner = 1000, unusedInner = 8;
                function = () => outer + middle + inner;
                other += () => unusedMiddle + unusedInner;
            }
        }

        Assert.Equal("inner middle outer", Trip.Reads(function));
        Assert.Equal(1102, Trip.Of(function)());
        Assert.NotNull(other);
    }

    [Fact]
    public void ANestedLambdasReadsCount()
    {
        int direct = 1, nested = 2, deep = 3, unused = 4;
        Func<Func<Func<int>>> function = () =>
        {
            int d = direct;
            return () =>
            {
                int n = nested + d;
                return () => deep + n;
            };
        };
        Func<int> other = () => unused;
        Assert.Equal("deep direct nested", Trip.Reads(function));
        Assert.Equal(6, Trip.Of(function)()()());
        Assert.Equal(4, other());
    }

    [Fact]
    public void LocalFunctionsAreFollowed()
    {
        int used = 10, alsoUsed = 20, unused = 30;
        static int Static(int x) => x + 1;
        int Capturing(int x) => x + used;
        int Recursive(int n) => n == 0 ? alsoUsed : Recursive(n - 1);
        Func<int, int> function = x => Static(Capturing(x)) + Recursive(3);
        Func<int> other = () => unused;
        Assert.Equal("alsoUsed used", Trip.Reads(function));
        Assert.Equal(32, Trip.Of(function)(1));
        Assert.Equal(30, other());
        Assert.Equal("used", Trip.Reads((Func<int, int>)Capturing));
        Assert.Equal("alsoUsed", Trip.Reads((Func<int, int>)Recursive));
        Assert.Equal("", Trip.Reads((Func<int, int>)Static));
        Assert.Equal(2, Trip.Of((Func<int, int>)Static)(1));
    }

    [Fact]
    public void LocalFunctionsInsideTheLambdaAreFollowed()
    {
        int used = 10, unused = 30;
        Func<int, int> function = x =>
        {
            int local = x * 2;
            return Inner(1);
            int Inner(int y)
            {
                return InnerMost() + y;
                int InnerMost() => local + used;
            }
        };
        Func<int> other = () => unused;
        Assert.Equal("used", Trip.Reads(function));
        Assert.Equal(17, Trip.Of(function)(3));
        Assert.Equal(30, other());
    }

    [Fact]
    public async Task AsyncLambdasReadAfterTheirAwaits()
    {
        int before = 1, after = 2, inFinally = 4, unused = 8;
        var log = new List<int>();
        Func<int, Task<int>> function = async x =>
        {
            int sum = x + before;
            try
            {
                sum += await Twice(sum);
                sum += after;
                await Task.Run(async () => log.Add(await Twice(sum)));
            }
            finally
            {
                sum += inFinally;
            }

            return sum + log[^1];
        };
        Func<int> other = () => unused;
        Assert.Equal("after before inFinally log", Trip.Reads(function));
        Assert.Equal(await function(1), await Trip.Of(function)(1));
        Assert.Single(log);
        Assert.Equal(8, other());
    }

    [Fact]
    public async Task AsyncAndIteratorLocalFunctionsAreFollowed()
    {
        int first = 1, second = 2, third = 3, unused = 9;
        IEnumerable<int> Numbers()
        {
            yield return first;
            foreach (int i in Enumerable.Range(0, 2)) yield return i + second;
        }

        async IAsyncEnumerable<int> Later()
        {
            foreach (int i in Numbers())
            {
                await Task.Yield();
                yield return i + third;
            }
        }

        Func<int> sum = () => Numbers().Sum();
        Func<Task<int>> later = async () =>
        {
            int total = 0;
            await foreach (int i in Later()) total += i;
            return total;
        };
        Func<int> other = () => unused;
        Assert.Equal("first second", Trip.Reads(sum));
        Assert.Equal("first second third", Trip.Reads(later));
        Assert.Equal(6, Trip.Of(sum)());
        Assert.Equal(15, await Trip.Of(later)());
        Assert.Equal(9, other());
    }

    [Fact]
    public void LinqInsideReadsWhatItsLambdasRead()
    {
        int min = 2, factor = 10, unused = 3;
        int[] data = [1, 2, 3];
        Func<int> function = () => (from x in data where x >= min let y = x * factor orderby y descending select y).Sum();
        Func<int> other = () => unused;
        Assert.Equal("data factor min", Trip.Reads(function));
        Assert.Equal(50, Trip.Of(function)());
        Assert.Equal(3, other());
    }

    [Fact]
    public void ExpressionTreesInsideTakeFieldsByHandle()
    {
        int inTree = 4, unused = 5;
        Func<int> function = () =>
        {
            Expression<Func<int>> tree = () => inTree + 1;
            return tree.Compile(preferInterpretation: true)();
        };
        Func<int> other = () => unused;
        Assert.Equal("inTree", Trip.Reads(function));
        Assert.Equal(5, Trip.Of(function)());
        Assert.Equal(5, other());
    }

    [Fact]
    public void AddressesCountAsReads()
    {
        int byRef = 1, byRefLocal = 2, parsed = 4, unused = 5;
        int[] pinned = [3];
        var size = new System.Drawing.Size(6, 7);
        Func<int> function = () =>
        {
            ref int r = ref byRefLocal;
            r += 10;
            unsafe
            {
                fixed (int* p = pinned) *p += 100;
            }

            _ = int.TryParse("1000", out parsed);
            return Interlocked.Increment(ref byRef) + byRefLocal + pinned[0] + parsed + size.Width + Unsafe.As<int, int>(ref byRef);
        };
        Func<int> other = () => unused;
        Assert.Equal("byRef byRefLocal parsed pinned size", Trip.Reads(function));
        Assert.Equal(2 + 12 + 103 + 1000 + 6 + 2, Trip.Of(function)());
        Assert.Equal((5, 1, 4), (other(), byRef, parsed));
    }

    [Fact]
    public void WhatIsOnlyAssignedStaysHere()
    {
        object assigned = new MemoryStream();
        int read = 1;
        Func<int> function = () =>
        {
            assigned = "new";
            return read;
        };
        Assert.Equal("read", Trip.Reads(function));
        Assert.Equal(1, Trip.Of(function)());
        Assert.IsType<MemoryStream>(assigned);
    }

    [Fact]
    public void DelegatesTheCompilerKeepsInAClosureStayHere()
    {
        int factor = 3;
        var functions = new List<Func<int>>();
        for (int i = 0; i < 3; i++)
        {
            int item = i;
            // The inner lambda reads the outer scope only: its delegate is kept in the outer closure.
            functions.Add(() => Enumerable.Range(0, item).Select(x => x * factor).Sum());
        }

        foreach (var function in functions) _ = function();
        Assert.Equal("factor item", Trip.Reads(functions[2]));
        Assert.Equal(3, Trip.Of(functions[2])());
    }

    [Fact]
    public void EveryKindOfStatementIsRead()
    {
        int a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, unused = 8;
        string text = "two";
        object pattern = 5;
        Func<int, int> function = x =>
        {
            using var reader = new StringReader(text);
            int sum = text switch { "one" => a, "two" => b, "three" => c, "four" => c, "five" => c, "six" => c, "seven" => c, _ => 0 };
            switch (x)
            {
                case 0: sum += d; break;
                case 1: case 2: case 3: case 4: case 5: sum += 1; break;
                default: sum += pattern is int n and > 3 ? n : 0; break;
            }

            try
            {
                sum += checked(x / (x - x));
            }
            catch (DivideByZeroException) when (e == 5)
            {
                sum += e;
            }

            lock (text) sum += x > 0 ? f : g;
            return sum + (reader.ReadLine()?.Length ?? 0);
        };
        Func<int> other = () => unused;
        Assert.Equal("a b c d e f g pattern text", Trip.Reads(function));
        Assert.Equal(function(1), Trip.Of(function)(1));
        Assert.Equal(function(0), Trip.Of(function)(0));
        Assert.Equal(8, other());
    }

    [Fact]
    public void ThisAndLocalsTogether()
    {
        int local = 1, unused = 2;
        Func<int> both = () => local + _member, locals = () => local, other = () => unused;
        Assert.Equal("local this", Trip.Reads(both));
        Assert.Equal("local", Trip.Reads(locals));
        Assert.Equal(6, Trip.Of(both)());
        Assert.Equal(2, other());
    }
}
