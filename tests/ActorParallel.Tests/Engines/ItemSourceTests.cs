using System.Threading.Channels;
using ActorParallel.Engines;

namespace ActorParallel.Tests.Engines;

public sealed class ItemSourceTests
{
    static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task ItemsComeInChunksOfAtMostSoMany()
    {
        await using var source = ItemSource<int>.Of(Lazy(10));
        var chunks = new List<int[]>();
        while (await source.NextAsync(4, None) is { IsEmpty: false } chunk) chunks.Add(chunk.ToArray());
        Assert.All(chunks, c => Assert.InRange(c.Length, 1, 4));
        Assert.Equal(Lazy(10), chunks.SelectMany(c => c));
        Assert.Equal(10, source.Count);
    }

    [Fact]
    public async Task ListsAreCountedBeforehand()
    {
        await using var source = ItemSource<int>.Of(new List<int> { 1, 2, 3 });
        Assert.Equal(3, source.Count);
        Assert.Equal(new[] { 1, 2 }, (await source.NextAsync(2, None)).ToArray());
        Assert.Equal(new[] { 3 }, (await source.NextAsync(2, None)).ToArray());
        Assert.True((await source.NextAsync(2, None)).IsEmpty);
        await using var lazy = ItemSource<int>.Of(Lazy(3));
        Assert.Null(lazy.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatCameBeforeAnErrorComesFirst(bool async)
    {
        await using ItemSource<int> source = async ? new AsyncSequenceSource<int>(BrokenAsync()) : new SequenceSource<int>(Broken());
        var seen = new List<int>();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            while (await source.NextAsync(100, None) is { IsEmpty: false } chunk) seen.AddRange(chunk.ToArray());
        });
        Assert.Equal([0, 1, 2], seen);
    }

    [Fact]
    public async Task AnAsyncItemDoesNotWaitForTheNext()
    {
        var channel = Channel.CreateUnbounded<int>();
        var source = new AsyncSequenceSource<int>(channel.Reader.ReadAllAsync(None));
        channel.Writer.TryWrite(1);
        Assert.Equal(new[] { 1 }, (await source.NextAsync(100, None).AsTask().WaitAsync(TimeSpan.FromSeconds(30), None)).ToArray());
        channel.Writer.TryWrite(2);
        Assert.Equal(new[] { 2 }, (await source.NextAsync(100, None).AsTask().WaitAsync(TimeSpan.FromSeconds(30), None)).ToArray());
        channel.Writer.Complete();
        await source.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), None);
    }

    static IEnumerable<int> Lazy(int count)
    {
        for (var i = 0; i < count; i++) yield return i;
    }

    static IEnumerable<int> Broken()
    {
        foreach (var i in Lazy(3)) yield return i;
        throw new InvalidDataException();
    }

    static async IAsyncEnumerable<int> BrokenAsync()
    {
        foreach (var i in Lazy(3)) yield return i;
        await Task.CompletedTask;
        throw new InvalidDataException();
    }
}
