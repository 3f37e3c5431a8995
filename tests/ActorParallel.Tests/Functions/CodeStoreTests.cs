using System.Security.Cryptography;
using ActorParallel.Functions;
using Microsoft.Extensions.Time.Testing;

namespace ActorParallel.Tests.Functions;

public sealed class CodeStoreTests
{
    readonly string _folder = Shipment.NewFolder();

    static (CodeItem Item, byte[] Bytes) Make(string name, int length, byte fill = 1)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, fill);
        return (new(name, new Version(1, 2), Guid.NewGuid(), Convert.ToHexStringLower(SHA256.HashData(bytes)), length, []), bytes);
    }

    [Fact]
    public void KeepsBytesByTheirHash()
    {
        var store = new CodeStore(_folder);
        var (item, bytes) = Make("A", 1000);
        Assert.False(store.Has(item));
        Assert.Throws<ShippingException>(() => store.Verified(item));
        store.Add(item, bytes);
        store.Add(item, bytes);
        Assert.True(store.Has(item));
        Assert.Equal(bytes, File.ReadAllBytes(new CodeStore(_folder).Verified(item)));
        Assert.Equal(Path.Combine(_folder, item.Hash, "A.dll"), Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories)));
    }

    [Fact]
    public void NamesCannotLeaveTheFolder()
    {
        var store = new CodeStore(_folder);
        foreach (string name in new[] { "../../evil", "/etc/evil", "..", "a/b\\c:d*e\0f", "ℛ*1#2" })
        {
            var (item, bytes) = Make(name, 10, (byte)name.Length);
            store.Add(item, bytes);
            Assert.StartsWith(Path.Combine(_folder, item.Hash) + Path.DirectorySeparatorChar, Path.GetFullPath(store.Verified(item)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheFolderIsItsUsersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes.");
        string folder = Path.Combine(_folder, "made");
        _ = new CodeStore(folder);
#pragma warning disable CA1416 // Skipped there.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
#pragma warning restore CA1416
    }

    [Fact]
    public void TheLongestUnusedGoesFirst()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var store = new CodeStore(_folder, maxBytes: 2500, time);
        var items = Enumerable.Range(0, 4).Select(i => Make($"A{i}", 1000, (byte)i)).ToArray();
        foreach (var (item, bytes) in items[..3])
        {
            store.Add(item, bytes);
            time.Advance(TimeSpan.FromHours(1));
        }

        // One hour is long ago: the first of three went.
        Assert.Equal([false, true, true], items[..3].Select(i => store.Has(i.Item)));
        time.Advance(TimeSpan.FromHours(1));
        Assert.True(store.Has(items[1].Item));
        time.Advance(TimeSpan.FromMinutes(30));
        store.Add(items[3].Item, items[3].Bytes);
        // The second was used since.
        Assert.Equal([true, false, true], new[] { items[1], items[2], items[3] }.Select(i => store.Has(i.Item)));
    }

    [Fact]
    public void WhatOneBundleBringsIsNotRemovedBeforeItIsLoaded()
    {
        var store = new CodeStore(_folder, maxBytes: 100);
        var items = Enumerable.Range(0, 5).Select(i => Make($"A{i}", 1000, (byte)i)).ToArray();
        foreach (var (item, bytes) in items) store.Add(item, bytes);
        Assert.All(items, i => Assert.True(store.Has(i.Item)));
    }

    [Fact]
    public void WhatBrokenWritesLeftIsRemoved()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var store = new CodeStore(_folder, time: time);
        string left = Directory.CreateDirectory(Path.Combine(_folder, "0.part")).FullName;
        time.Advance(TimeSpan.FromHours(1));
        var (item, bytes) = Make("A", 10);
        store.Add(item, bytes);
        Assert.False(Directory.Exists(left));
        Assert.True(store.Has(item));
    }

    [Fact]
    public void ManyWritersLeaveOneFile()
    {
        var (item, bytes) = Make("A", 1 << 20);
        Parallel.For(0, 16, _ =>
        {
            var store = new CodeStore(_folder);
            store.Add(item, bytes);
            Assert.True(store.Has(item));
        });
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }
}
