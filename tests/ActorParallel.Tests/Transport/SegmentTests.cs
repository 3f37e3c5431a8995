using System.Diagnostics;
using ActorParallel.Transport;
using Microsoft.Extensions.Time.Testing;

namespace ActorParallel.Tests.Transport;

public sealed class SegmentTests : IDisposable
{
    const int Small = (int)SegmentStore.Smallest;
    readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string[] Files => [.. Directory.GetFiles(_folder.FullPath, "*.seg").Select(Path.GetFileName).Order()!];

    SegmentStore Store(long keep = SegmentStore.DefaultKept, TimeProvider? time = null) => new(_folder.FullPath, "s", keep, time: time);

    [Fact]
    public void WhatOneWritesTheOtherReads()
    {
        using var store = Store();
        using var reader = new SegmentReader(_folder.FullPath);
        var segment = store.Rent(200_000);
        Assert.Equal(262_144, segment.Length);
        var data = new byte[200_000];
        Random.Shared.NextBytes(data);
        data.CopyTo(segment.Span(0, data.Length));
        using var mapped = reader.Open(segment.FileName, data.Length);
        Assert.True(mapped.Span(0, data.Length).SequenceEqual(data));

        // One memory, not a copy.
        segment.Span(5, 1)[0] ^= 0xFF;
        Assert.Equal(segment.Span(5, 1)[0], mapped.Span(5, 1)[0]);
    }

    [Fact]
    public void AReturnedSegmentIsRentedAgain()
    {
        using var store = Store();
        var first = store.Rent(1);
        Assert.Equal(Small, first.Length);
        store.Return(first);
        store.Return(first);
        store.Return(999);
        Assert.Throws<ObjectDisposedException>(() => first.Span(0, 1));
        Assert.Equal(Small, store.KeptBytes);
        var again = store.Rent(Small);
        Assert.Same(first, again);
        Assert.NotSame(again, store.Rent(Small));
        Assert.Equal(0, store.KeptBytes);
        store.Return(again.Id);
        Assert.NotSame(again, store.Rent(Small + 1));
    }

    [Fact]
    public void RangesOutsideAreRefused()
    {
        using var store = Store();
        using var reader = new SegmentReader(_folder.FullPath);
        var segment = store.Rent(100);
        Assert.Throws<ArgumentOutOfRangeException>(() => segment.Span(Small - 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => segment.Span(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Rent(0));
        var mapped = reader.Open(segment.FileName, 100);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapped.Span(50, 51));
        mapped.Dispose();
        mapped.Dispose();
        Assert.Throws<ObjectDisposedException>(() => mapped.Span(0, 1));
        Assert.Throws<IOException>(() => reader.Open(segment.FileName, Small + 1));
        Assert.Throws<IOException>(() => reader.Open("../x", 1));
        Assert.Throws<FileNotFoundException>(() => reader.Open("none.seg", 1));
    }

    [Fact]
    public void KeptSegmentsAreBounded()
    {
        using var store = Store(keep: 3 * Small);
        var all = Enumerable.Range(0, 6).Select(_ => store.Rent(Small)).ToList();
        all.ForEach(store.Return);
        Assert.Equal(3 * Small, store.KeptBytes);
        Assert.Equal(all[3..].Select(s => s.FileName), Files);
        store.Trim(Small);
        Assert.Equal([all[5].FileName], Files);
    }

    [Fact]
    public void IdleSegmentsAreDeleted()
    {
        var time = new FakeTimeProvider();
        using var store = Store(time: time);
        var (kept, rented) = (store.Rent(1), store.Rent(1));
        store.Return(kept);
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(0, store.KeptBytes);
        Assert.Equal([rented.FileName], Files);
        Assert.NotEqual(kept.FileName, store.Rent(1).FileName);
    }

    [Fact]
    public void AReaderKeepsWhatIsUsedAndForgetsTheRest()
    {
        using var store = Store();
        using var reader = new SegmentReader(_folder.FullPath, keepBytes: 2 * Small);
        var segments = Enumerable.Range(0, 4).Select(_ => store.Rent(Small)).ToList();
        var held = segments.ConvertAll(s => reader.Open(s.FileName, Small));
        Assert.Equal(4 * Small, reader.MappedBytes);
        segments[0].Span(0, 1)[0] = 42;
        held.ForEach(m => m.Dispose());
        Assert.Equal(2 * Small, reader.MappedBytes);
        using var again = reader.Open(segments[0].FileName, Small);
        Assert.Equal(42, again.Span(0, 1)[0]);
    }

    [Fact]
    public void AReaderNoticesAFileReplacedOrGone()
    {
        using var reader = new SegmentReader(_folder.FullPath);
        var path = Path.Combine(_folder.FullPath, "x.seg");
        File.WriteAllBytes(path, [1, 2, 3]);
        var old = reader.Open("x.seg", 3);
        File.Move(path, path + ".old");
        File.WriteAllBytes(path, [4, 5, 6]);
        using (var mapped = reader.Open("x.seg", 3))
        {
            Assert.Equal([4, 5, 6], mapped.Span(0, 3).ToArray());
        }

        Assert.Equal([1, 2, 3], old.Span(0, 3).ToArray());
        old.Dispose();
        File.WriteAllBytes(path, [7, 8, 9, 10]);
        using (var grown = reader.Open("x.seg", 4))
        {
            Assert.Equal([7, 8, 9, 10], grown.Span(0, 4).ToArray());
        }

        File.Delete(path);
        Assert.Throws<FileNotFoundException>(() => reader.Open("x.seg", 3));
        Assert.Equal(0, reader.MappedBytes);
    }

    [Fact]
    public void ADisposedStoreLeavesNoFileAndRentedSegmentsStayValid()
    {
        var store = Store();
        var segment = store.Rent(10);
        store.Return(store.Rent(10));
        store.Dispose();
        store.Dispose();
        Assert.Empty(Files);
        segment.Span(0, 10).Fill(7);
        store.Return(segment);
        Assert.Throws<ObjectDisposedException>(() => segment.Span(0, 1));
        Assert.Throws<ObjectDisposedException>(() => store.Rent(1));
    }

    [Fact]
    public void ManyThreadsShareAStore()
    {
        using var store = Store(keep: 8 * Small);
        using var reader = new SegmentReader(_folder.FullPath, keepBytes: 4 * Small);
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, i =>
        {
            var segment = store.Rent(Small << (i % 3));
            segment.Span(0, Small).Fill((byte)i);
            using (var mapped = reader.Open(segment.FileName, Small))
            {
                Assert.Equal(-1, mapped.Span(0, Small).IndexOfAnyExcept((byte)i));
            }

            store.Return(segment);
        });
        Assert.InRange(store.KeptBytes, 1, 8 * Small);
        Assert.Equal(store.KeptBytes, Files.Sum(f => new FileInfo(Path.Combine(_folder.FullPath, f)).Length));
    }

    [Fact]
    public void AFullDiskIsAnExceptionThatSaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A tiny file system can be mounted by root on Linux only.");
        var mount = Path.Combine(_folder.FullPath, "tiny");
        Directory.CreateDirectory(mount);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", mount), "Mounting is not allowed here.");
        try
        {
            using var store = new SegmentStore(mount, "s");
            var half = store.Rent(512 * 1024);
            half.Span(0, (int)half.Length).Fill(1);
            var e = Assert.Throws<IOException>(() => store.Rent(1024 * 1024));
            Assert.Contains("1048576 bytes could not be reserved in " + mount, e.Message, StringComparison.Ordinal);
            Assert.Contains("524288 bytes are free", e.Message, StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(mount));

            // What is kept for reuse makes room.
            store.Return(half);
            var whole = store.Rent(1024 * 1024);
            whole.Span(0, (int)whole.Length).Fill(2);
            store.Return(whole);
        }
        finally
        {
            Assert.True(Run("umount", mount));
        }
    }

    static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    [Fact(Explicit = true)]
    public void SpeedOfACopyInAndOut()
    {
        const int Size = 16 << 20, Rounds = 50;
        using var folder = PoolFolder.Create();
        using var store = new SegmentStore(folder.FullPath, "s");
        using var reader = new SegmentReader(folder.FullPath);
        var (from, to) = (new byte[Size], new byte[Size]);
        for (var round = 0; round < 4; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < Rounds; i++)
            {
                var segment = store.Rent(Size);
                from.CopyTo(segment.Span(0, Size));
                using (var mapped = reader.Open(segment.FileName, Size))
                {
                    mapped.Span(0, Size).CopyTo(to);
                }

                store.Return(segment);
            }

            TestContext.Current.SendDiagnosticMessage($"{(double)Size * Rounds / Stopwatch.GetElapsedTime(begun).TotalSeconds / 1e9:F2} GB/s in and out");
        }
    }
}
