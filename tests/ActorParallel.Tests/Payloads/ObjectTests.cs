using ActorParallel.Payloads;

namespace ActorParallel.Tests.Payloads;

public sealed class ObjectTests
{
    private record Point(int X, int Y);

    private sealed record Labelled(int X, int Y, string Label, Point? Other = null) : Point(X, Y);

    private readonly record struct Pair(string Name, int[] Values);

    private record struct Plain(byte A, long B, float C);

    private class Account(decimal start)
    {
        private readonly List<decimal> _moves = [start];
        private decimal _sum = start;

        public void Add(decimal amount)
        {
            _moves.Add(amount);
            _sum += amount;
        }

        public decimal Sum => _sum;

        public int Moves => _moves.Count;
    }

    private sealed class Special(decimal start, string owner) : Account(start)
    {
        public string Owner { get; } = owner;

        public required int Level { get; init; }

        [NonSerialized]
        public int Cached = 7;
    }

    private sealed class Node(int id)
    {
        public int Id = id;
        public Node? Next;
        public object? Any;
        public List<Node> Peers = [];
    }

    private interface IShape;

    private sealed record Circle(double R) : IShape;

    private struct Square : IShape
    {
        public double A;
    }

    private sealed record Drawing(IShape First, IShape Second, object Anything, IReadOnlyList<IShape> All);

    [Fact]
    public void RecordsAndStructs()
    {
        Trip.Same(new Point(1, 2), new Labelled(3, 4, "five"));
        Trip.Same(new Labelled(3, 4, "five", new Labelled(1, 2, "x", new Point(9, 9))));
        Trip.Same(new Plain(1, 2, 3));
        Pair pair = Trip.Of(new Pair("a", [1, 2]));
        Assert.Equal("a", pair.Name);
        Assert.Equal([1, 2], pair.Values);
    }

    [Fact]
    public void CompiledAndReflectedCodeAgree()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(new Labelled(i, -i, "n" + i, new Point(i, 7)), Trip.Of(new Labelled(i, -i, "n" + i, new Point(i, 7))));
            (string, Point?, int[]?, bool) value = Trip.Of(("s" + i, (Point?)new Point(i, i), (int[]?)null, i % 2 == 0));
            Assert.Equal(("s" + i, new Point(i, i), null, i % 2 == 0), value);
            Special special = Trip.Of(new Special(i, "o" + i) { Level = i });
            Assert.Equal((i, "o" + i, i, 1), (special.Sum, special.Owner, special.Level, special.Moves));
        }
    }

    [Fact]
    public void PrivateInheritedReadOnlyAndRequiredState()
    {
        var before = new Special(10, "me") { Level = 3 };
        before.Add(5);
        Special after = Trip.Of(before);
        Assert.Equal((15m, 2, "me", 3), (after.Sum, after.Moves, after.Owner, after.Level));
        Assert.Equal(0, after.Cached);
        Assert.Equal(15m, ((Account)Trip.Of<object>(before)).Sum);
    }

    [Fact]
    public void RuntimeTypesOfMembers()
    {
        Drawing drawing = Trip.Of(new Drawing(new Circle(1), new Square { A = 2 }, "text", [new Circle(3), new Square { A = 4 }]));
        Assert.Equal(new Circle(1), drawing.First);
        Assert.Equal(2, Assert.IsType<Square>(drawing.Second).A);
        Assert.Equal("text", drawing.Anything);
        Assert.Equal([new Circle(3), new Square { A = 4 }], drawing.All);
    }

    [Fact]
    public void CyclesAndSharedObjects()
    {
        var a = new Node(1);
        var b = new Node(2) { Next = a, Any = a };
        a.Next = b;
        a.Peers.AddRange([a, b, b]);
        a.Any = a.Peers;
        Node back = Trip.Of(a);
        Assert.Same(back, back.Next!.Next);
        Assert.Same(back, back.Next.Any);
        Assert.Same(back.Peers, back.Any);
        Assert.Same(back.Peers[1], back.Peers[2]);
        Assert.Same(back, back.Peers[0]);

        var self = new List<object>();
        self.Add(self);
        List<object> selfBack = Trip.Of(self);
        Assert.Same(selfBack, selfBack[0]);

        object[] shared = [new int[3], null!, "x"];
        shared[1] = shared[0];
        object[] sharedBack = Trip.Of(shared);
        Assert.Same(sharedBack[0], sharedBack[1]);
    }

    [Fact]
    public void ManySharedObjectsKeepTheirIdentity()
    {
        Node[] nodes = [.. Enumerable.Range(0, 5000).Select(i => new Node(i))];
        Node[] twice = [.. nodes, .. nodes.Reverse()];
        Node[] back = Trip.Of(twice);
        for (int i = 0; i < nodes.Length; i++)
        {
            Assert.Equal(i, back[i].Id);
            Assert.Same(back[i], back[^(i + 1)]);
        }
    }

    [Fact]
    public void DeepGraphsDontOverflowTheStack()
    {
        Node? head = null;
        for (int i = 0; i < 100_000; i++)
        {
            head = new Node(i) { Next = head };
        }

        Node? node = Trip.Of(head);
        int count = 0;
        for (; node is not null; node = node.Next)
        {
            count++;
        }

        Assert.Equal(100_000, count);
    }

    [Fact]
    public void DeepBytesThatLieEndInOneError()
    {
        // A list in a list in a list …: every level two bytes, no end.
        using PayloadWriter writer = PayloadWriter.Rent();
        for (int i = 0; i < 4_000_000; i++)
        {
            writer.WriteByte(Marker.Typed);
            writer.WriteType(typeof(object[]));
            writer.WriteUInt32(1);
        }

        byte[] bytes = writer.ToArray();
        Assert.Throws<InvalidDataException>(() => Trip.From<object>(bytes));
    }
}
