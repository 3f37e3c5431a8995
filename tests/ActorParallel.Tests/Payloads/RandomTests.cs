using System.Collections.Immutable;
using CsCheck;

namespace ActorParallel.Tests.Payloads;

public sealed class RandomTests
{
    private sealed record Leaf(int A, string? B, double? C, DayOfWeek D);

    private sealed class Tree
    {
        public object? Value { get; set; }

        public List<Tree?> Children { get; set; } = [];

        public Dictionary<string, int[]> Map { get; set; } = [];

        public (string?, decimal) Pair { get; set; }

        public ImmutableList<string> Names { get; set; } = [];
    }

    private static readonly Gen<Leaf> s_leaf = Gen.Select(Gen.Int, Gen.String.Null(), Gen.Double.Nullable(), Gen.Enum<DayOfWeek>())
        .Select((a, b, c, d) => new Leaf(a, b, c, d));

    private static readonly Gen<object?> s_value = Gen.OneOf<object?>(
        Gen.Int.Select(v => (object?)v), Gen.String.Select(v => (object?)v), Gen.Double.Select(v => (object?)v), Gen.Decimal.Select(v => (object?)v),
        Gen.DateTime.Select(v => (object?)v), Gen.Guid.Select(v => (object?)v), s_leaf.Select(v => (object?)v), Gen.Bool.Select(_ => (object?)null),
        Gen.Int.Array[0, 5].Select(v => (object?)v), s_leaf.List[0, 3].Select(v => (object?)v));

    private static readonly Gen<Tree> s_tree = Gen.Recursive<Tree>((depth, tree) => Gen.Select(
            s_value,
            depth > 3 ? Gen.Bool.Select(_ => new List<Tree?>()) : tree.Null().List[0, 3],
            Gen.Dictionary(Gen.String[0, 5], Gen.Int.Array[0, 4])[0, 4],
            Gen.Select(Gen.String.Null(), Gen.Decimal),
            Gen.String.Array[0, 3])
        .Select((v, c, m, p, n) => new Tree { Value = v, Children = c, Map = m, Pair = p, Names = [.. n] }));

    [Fact]
    public void NestedValuesComeBackEqual() => s_tree.Sample(tree =>
    {
        // Siblings share a child, so that identity is looked at as well.
        if (tree.Children is [{ } first, ..])
        {
            tree.Children.Add(first);
        }

        Tree back = Trip.Of(tree);
        AssertSame(tree, back);
        if (tree.Children.Count > 1 && tree.Children[0] is not null)
        {
            Assert.Same(back.Children[0], back.Children[^1]);
        }
    }, iter: 500);

    [Fact]
    public void CorruptBytesThrowAndDoNoHarm() =>
        Gen.Select(s_tree, Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue], Gen.Int[1, 255], Gen.Bool).Sample((tree, at, other, bits, cut) =>
        {
            byte[] bytes = Trip.Bytes<object>(new object[] { tree, new InvalidOperationException("x", new ArgumentException("y")), new HashSet<Leaf>() });
            at %= bytes.Length;
            if (cut)
            {
                Array.Resize(ref bytes, at);
            }
            else
            {
                bytes[at] ^= (byte)bits;
                bytes[other % bytes.Length] ^= (byte)(bits >> 1);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = new ActorParallel.Payloads.PayloadReader(bytes).Read<object>();
            }
            catch (Exception e) when (e is InvalidDataException or ShippingException)
            {
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 50_000_000);
        }, iter: 5000);

    private static void AssertSame(Tree? a, Tree? b)
    {
        if (a is null || b is null)
        {
            Assert.True(a is null && b is null);
            return;
        }

        Assert.Equal(a.Value, b.Value);
        Assert.Equal(a.Map, b.Map);
        Assert.Equal(a.Pair, b.Pair);
        Assert.Equal(a.Names, b.Names);
        Assert.Equal(a.Children.Count, b.Children.Count);
        for (int i = 0; i < a.Children.Count; i++)
        {
            AssertSame(a.Children[i], b.Children[i]);
        }
    }
}
