using System.Diagnostics;
using ActorParallel.History;

namespace ActorParallel.Tests.History;

/// <summary>The bounds of the history in memory, and what appending costs.</summary>
public sealed class MemoryHistoryTests
{
    [Fact]
    public void BytesAreBoundedToo()
    {
        var store = new MemoryHistory(10_000, maxBytes: 100_000);
        for (var i = 0; i < 1000; i++) store.Append([Entries.Entry(i) with { Output = new string('x', 1000) }]);
        Assert.InRange(store.Bytes, 80_000, 100_000);
        Assert.InRange(store.Count, 30, 50);
        Assert.Equal("client-999", store.Client().OrderByDescending(r => r.Submitted).First().Id);
    }

    [Fact]
    public async Task PurgingGivesTheBytesBack()
    {
        var store = new MemoryHistory();
        store.Append([.. Enumerable.Range(0, 777).Select(i => Entries.Entry(i, label: "x"))]);
        Assert.NotEqual(0, store.Bytes);
        await store.PurgeAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal(0, store.Bytes);
    }

    [Fact]
    public void AppendingAllocatesNothingPerTask()
    {
        var store = new MemoryHistory();
        HistoryEntry[] batch = [.. Enumerable.Range(0, 1000).Select(i => Entries.Entry(i, label: "sweep"))];
        for (var i = 0; i < 20; i++) store.Append(batch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 250; i++) store.Append(batch);
        var took = Stopwatch.GetElapsedTime(start);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_000, store.Count);
        TestContext.Current.SendDiagnosticMessage("250,000 records in {0:0} ms", took.TotalMilliseconds);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }
}
