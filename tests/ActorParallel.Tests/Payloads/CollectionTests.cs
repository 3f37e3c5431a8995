using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace ActorParallel.Tests.Payloads;

public sealed class CollectionTests
{
    [Fact]
    public void Arrays()
    {
        Trip.Same<int[]>([], [1, 2, 3]);
        Trip.Same<string?[]>(["a", null, ""]);
        Trip.Same<int[][]>([[1], [], [2, 3]]);
        Trip.Same<object?[]>([1, "two", 3.0, null]);
        Trip.Same<int?[]>([1, null]);
        Trip.Same<bool[]>([true, false]);
        Trip.Same(new[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Trip.Same(new[,,] { { { "a" }, { null } } });
        Array based = Array.CreateInstance(typeof(int), [2], [5]);
        based.SetValue(9, 6);
        Array back = Trip.Of(based);
        Assert.Equal(5, back.GetLowerBound(0));
        Assert.Equal(9, back.GetValue(6));
        double[] large = [.. Enumerable.Range(0, 1_000_000).Select(i => i * 0.5)];
        Assert.Equal(large, Trip.Of(large));
        Assert.Equal(large, Trip.Of((1, large, "x")).large);
        string[] covariant = ["a"];
        Assert.IsType<string[]>(Trip.Of<object[]>(covariant));
    }

    [Fact]
    public void Lists()
    {
        Trip.Same<List<int>>([], [1, 2]);
        Trip.Same<List<string?>>(["a", null]);
        Trip.Same(new LinkedList<int>([1, 2, 3]));
        Trip.Same(new Queue<string>(["a", "b"]));
        Trip.Same(new Stack<int>([1, 2, 3]));
        Trip.Same(new ConcurrentQueue<int>([1, 2]));
        Trip.Same(new ConcurrentStack<int>([1, 2]));
        Trip.Same(new ConcurrentBag<int>([1, 2]));
        Trip.Same(new Collection<int>([1, 2]));
        Trip.Same(new ReadOnlyCollection<string>(["a"]));
        Trip.Same(new ObservableCollection<int>([3]));
        Trip.Same(new ArrayList { 1, "a", null });
        Assert.Equal([1, 2], Trip.Of<IEnumerable<int>>(new List<int> { 1, 2 }));
    }

    [Fact]
    public void SetsAndDictionaries()
    {
        Trip.Same(new HashSet<string>(["a", "b"]));
        Trip.Same(new SortedSet<string>(["b", "a"]));
        Trip.Same(new Dictionary<string, int?> { ["a"] = 1, ["b"] = null });
        Trip.Same(new Dictionary<(int, string), List<int>> { [(1, "x")] = [1] });
        Trip.Same(new SortedDictionary<string, int> { ["b"] = 1, ["a"] = 2 });
        Trip.Same(new SortedList<int, string> { [2] = "b", [1] = "a" });
        Trip.Same(new OrderedDictionary<string, int> { ["z"] = 1, ["a"] = 2 });
        Trip.Same(new ConcurrentDictionary<string, int> { ["a"] = 2 });
        Trip.Same(KeyValuePair.Create("a", 1));
        Trip.Same(new ReadOnlyDictionary<string, int>(new Dictionary<string, int> { ["a"] = 1 }));
        Hashtable table = Trip.Of(new Hashtable { ["a"] = 1, [2] = "b" });
        Assert.Equal((1, "b"), (table["a"], table[2]));
        Assert.Contains("abc", Trip.Of(new HashSet<string>(["abc"])));
        Assert.Equal(["k"], Trip.Of(new Dictionary<string, int> { ["k"] = 1 }.Keys));
    }

    [Fact]
    public void PriorityQueueKeepsItsOrder()
    {
        foreach (IComparer<int> comparer in (IComparer<int>[])[Comparer<int>.Create((a, b) => b - a), new Backwards()]) KeepsOrder(comparer);
    }

    static void KeepsOrder(IComparer<int> comparer)
    {
        var queue = new PriorityQueue<string, int>(comparer);
        queue.EnqueueRange([("a", 1), ("c", 3), ("b", 2)]);
        PriorityQueue<string, int> back = Trip.Of(queue);
        Assert.Equal(["c", "b", "a"], [back.Dequeue(), back.Dequeue(), back.Dequeue()]);
    }

    [Fact]
    public void ImmutableAndFrozen()
    {
        Trip.Same(ImmutableArray.Create(1, 2));
        Assert.True(Trip.Of(default(ImmutableArray<string>)).IsDefault);
        Trip.Same(ImmutableArray.Create("a", "b"));
        Trip.Same(ImmutableList.Create("a", "b"));
        Trip.Same(ImmutableQueue.Create(1, 2), ImmutableQueue<int>.Empty);
        Trip.Same(ImmutableStack.Create(1, 2));
        Trip.Same(ImmutableHashSet.Create("a", "b"));
        Trip.Same(ImmutableSortedSet.Create("b", "a"));
        Trip.Same(ImmutableDictionary<string, int>.Empty.Add("a", 1));
        Trip.Same(ImmutableSortedDictionary<string, int>.Empty.Add("a", 1));
        FrozenDictionary<string, int> frozen = Trip.Of(new Dictionary<string, int> { ["a"] = 1 }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(1, frozen["A"]);
        Assert.Contains(3, (IReadOnlySet<int>)Trip.Of(new[] { 1, 2, 3 }.ToFrozenSet()));
        ILookup<string, int> lookup = Trip.Of(new[] { 1, 2, 3 }.ToLookup(i => i % 2 == 0 ? "even" : "odd"));
        Assert.Equal([1, 3], lookup["odd"]);
    }

    [Fact]
    public void ComparersAreKept()
    {
        Assert.Equal(1, Trip.Of(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 })["A"]);
        Assert.Contains("A", Trip.Of(new HashSet<string>(StringComparer.InvariantCultureIgnoreCase) { "a" }));
        Assert.Equal([3, 1], Trip.Of(new SortedSet<int>(new Backwards()) { 1, 3 }));
        Assert.Equal(["A"], Trip.Of(ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "A").Add("a")));
        Assert.Equal(1, Trip.Of(new Dictionary<string, int>(new ByLength(2)) { ["ab"] = 1 })["cd"]);
        Assert.Same(EqualityComparer<string>.Default, Trip.Of(new Dictionary<string, int> { ["a"] = 1 }).Comparer);
        Assert.Same(Comparer<int>.Default, Trip.Of<object>(Comparer<int>.Default));
        Assert.Same(StringComparer.Ordinal, Trip.Of(StringComparer.Ordinal));
        Assert.Same(ReferenceEqualityComparer.Instance, Trip.Of(ReferenceEqualityComparer.Instance));
        Assert.Equal(1, Trip.Of(new Hashtable(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 })["A"]);
        Assert.Equal(1, Trip.Of(new ConcurrentDictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 })["A"]);
    }

    [Fact]
    public void SubclassesKeepTheirFields()
    {
        NamedList list = Trip.Of(new NamedList("n") { 1, 2 });
        Assert.Equal("n", list.Name);
        Assert.Equal([1, 2], list);
        list.Add(3);
        Assert.Equal(3, list.Count);
        Headers headers = Trip.Of(new Headers(5) { ["a"] = "b" });
        Assert.Equal("b", headers["A"]);
        Assert.Equal(5, headers.Limit);
        Keyed keyed = Trip.Of(new Keyed { "one", "three" });
        Assert.Equal("three", keyed[5]);
    }

    [Fact]
    public void CyclesThroughCollections()
    {
        var map = new Dictionary<string, object>();
        map["me"] = map;
        Dictionary<string, object> back = Trip.Of(map);
        Assert.Same(back, back["me"]);

        var holder = new Holder();
        holder.All = ImmutableList.Create(holder, holder);
        ImmutableList<Holder> all = Trip.Of(holder).All!;
        Assert.Same(all[0], all[1]);
        Assert.Same(all, all[0].All);
        Assert.Contains("contains itself", Trip.Refused(holder.All).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LazySequences()
    {
        Assert.Equal([3, 4, 5], Trip.Of(Enumerable.Range(3, 3)));
        Assert.Equal(["a", "a"], Trip.Of(Enumerable.Repeat("a", 2)));
        Assert.Empty(Trip.Of(Enumerable.Empty<int>()));
        Assert.True(Trip.Bytes(Enumerable.Range(0, 1_000_000_000)).Length < 200);
        Assert.Contains("ToArray", Trip.Refused(Enumerable.Range(0, 3).Select(i => i * 2)).Message, StringComparison.Ordinal);
        Assert.Contains("ToArray", Trip.Refused(new List<int> { 1 }.Where(i => i > 0)).Message, StringComparison.Ordinal);
        Assert.Contains("ToArray", Trip.Refused(new List<int> { 1 }.OrderBy(i => i)).Message, StringComparison.Ordinal);
        Assert.Contains("ToArray", Trip.Refused(Yielded()).Message, StringComparison.Ordinal);
        Assert.Contains("ToArray", Trip.Refused<IEnumerator>(new List<int> { 1 }.GetEnumerator()).Message, StringComparison.Ordinal);
        Assert.Contains("ToArray", Trip.Refused(new List<int> { 1 }.GetEnumerator()).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Yielded()
    {
        yield return 1;
    }

    private sealed class Holder
    {
        public ImmutableList<Holder>? All;
    }

    private sealed class Backwards : IComparer<int>
    {
        public int Compare(int x, int y) => y.CompareTo(x);
    }

    private sealed class ByLength(int seed) : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x?.Length == y?.Length;

        public int GetHashCode(string obj) => obj.Length + seed;
    }

    private sealed class NamedList(string name) : List<int>
    {
        public string Name { get; } = name;
    }

    private sealed class Headers(int limit) : Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        public int Limit { get; } = limit;
    }

    private sealed class Keyed : KeyedCollection<int, string>
    {
        protected override int GetKeyForItem(string item) => item.Length;
    }
}
