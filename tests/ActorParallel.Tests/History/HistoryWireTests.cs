using ActorParallel.History;
using ActorParallel.Payloads;
using CsCheck;

namespace ActorParallel.Tests.History;

/// <summary>Queries come from programs that the controller does not know: whatever bytes they send, it stays.</summary>
public sealed class HistoryWireTests
{
    static HistoryFilter Deep(int depth) => depth == 0 ? new HistoryFilter.Constant(true) : new HistoryFilter.Not(Deep(depth - 1));

    [Fact]
    public void AQueryThatIsTooLargeIsRefused()
    {
        Assert.True(Deep(HistoryFilter.MaxDepth - 1).IsBounded());
        Assert.False(Deep(HistoryFilter.MaxDepth).IsBounded());
        Assert.Throws<InvalidDataException>(() => Entries.Trip(new HistoryQuery { Filter = Deep(HistoryFilter.MaxDepth) }));
        var label = HistoryOperand.Of(HistoryField.Label);
        Assert.Throws<InvalidDataException>(() => Entries.Trip(new HistoryQuery { Filter = new HistoryFilter.All([.. Enumerable.Repeat(Deep(0), HistoryFilter.MaxNodes)]) }));
        Assert.Throws<InvalidDataException>(() => Entries.Trip(new HistoryQuery { Filter = new HistoryFilter.OneOf(label, new HistoryValue[HistoryFilter.MaxValues + 1]) }));
        Assert.Throws<InvalidDataException>(() => Entries.Trip(new HistoryQuery { Filter = new HistoryFilter.Text(label, HistoryTextMatch.Contains, new string('x', 100_000)) }));
        Assert.Throws<InvalidDataException>(() => Entries.Trip(new HistoryQuery { Take = -1 }));
        Assert.Throws<InvalidDataException>(() => Entries.Trip(new HistoryQuery { Order = [.. Enumerable.Repeat(new HistoryOrder(label, false), HistoryQuery.MaxOrder + 1)] }));
    }

    [Fact]
    public void ManyValuesStayWithTheClient()
    {
        var store = new MemoryHistory();
        store.Append([Entries.Entry(1), Entries.Entry(2)]);
        var wanted = Enumerable.Range(0, 5000).Select(i => $"client-{i * 2}").ToList();
        List<HistoryQuery> asked = [];
        Assert.Equal("client-2", store.Client(asked).Single(r => wanted.Contains(r.Id)).Id);
        Assert.Null(asked[0].Filter);
    }

    [Fact]
    public void GarbageIsRefused() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            try
            {
                var reader = new PayloadReader(bytes);
                HistoryQuery.Read(ref reader);
            }
            catch (InvalidDataException)
            {
                return;
            }
        },
        iter: 5000);

    [Fact]
    public void ChangedBytesHarmNoStore()
    {
        var store = new MemoryHistory();
        store.Append([Entries.Entry(1, label: "a"), Entries.Entry(2)]);
        byte[] bytes;
        using (var writer = PayloadWriter.Rent())
        {
            var label = HistoryOperand.Of(HistoryField.Label, new HistoryValue("x"));
            new HistoryQuery
            {
                Filter = new HistoryFilter.All([new HistoryFilter.Not(new HistoryFilter.OneOf(label, [default, new(3), new("q")])), new HistoryFilter.Any([new HistoryFilter.Text(label, HistoryTextMatch.EndsWith, "a")])]),
                Order = [new(label, true)], Skip = 1, Take = 7, Cursor = new([new("a")], 1, 2, 3, 4),
            }.Write(writer);
            bytes = writer.ToArray();
        }
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Sample(
            (at, value) =>
            {
                var changed = bytes.ToArray();
                changed[at] = value;
                HistoryQuery query;
                try
                {
                    var reader = new PayloadReader(changed);
                    query = HistoryQuery.Read(ref reader);
                }
                catch (InvalidDataException)
                {
                    return;
                }
                store.QueryAsync(query, default).GetAwaiter().GetResult();
            },
            iter: 5000);
    }

    [Fact]
    public void ThePageOfTheLargestRecordFits()
    {
        var text = new string('ü', 100_000);
        var entry = Entries.Entry(1) with
        {
            IdPrefix = text, ClientId = text, Label = text, Function = text, ErrorMessage = text, ErrorType = text, Output = text, Priority = int.MinValue,
            ArgumentBytes = long.MaxValue, ResultBytes = long.MaxValue, RunTicks = long.MaxValue,
        };
        entry.Bound();
        Assert.Single(Entries.Trip(new HistoryPage([entry.ToRecord()])).Records);
        Assert.InRange(TaskRecordWire.MaxSize(entry.ToRecord()), 1, HistoryPage.RecordBytes);
    }
}
