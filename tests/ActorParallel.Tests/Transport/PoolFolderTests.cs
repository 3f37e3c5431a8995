using System.Diagnostics;
using ActorParallel.Transport;

namespace ActorParallel.Tests.Transport;

public sealed class PoolFolderTests : IDisposable
{
    readonly TestFolder _root = new();

    public PoolFolderTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");

    public void Dispose() => _root.Dispose();

    string Parent => Path.Combine(_root.FullPath, $"actor-parallel-{Posix.UserId()}");

    string Stray(string name, bool locked = false)
    {
        var path = Path.Combine(Parent, name);
        PrivateFolder.Ensure(Parent);
        PrivateFolder.Ensure(path);
        if (locked)
        {
            File.WriteAllText(Path.Combine(path, "owner"), "");
        }

        return path;
    }

    static int DeadPid()
    {
        using var process = Process.Start(new ProcessStartInfo("true"))!;
        process.WaitForExit();
        return process.Id;
    }

    [Fact]
    public void AFolderIsPrivateAndGoesWithItsOwner()
    {
        var folder = PoolFolder.Create(_root.FullPath);
        Assert.StartsWith(Parent, folder.FullPath, StringComparison.Ordinal);
        PrivateFolder.Verify(Parent);
        PrivateFolder.Verify(folder.FullPath);
        File.WriteAllText(Path.Combine(folder.FullPath, "1.seg"), "x");
        Assert.Equal(0, PoolFolder.RemoveStale(_root.FullPath));
        folder.Dispose();
        folder.Dispose();
        Assert.False(Directory.Exists(folder.FullPath));
    }

    [Fact]
    public void ByDefaultItLiesInSharedMemoryOrTemporaryFiles()
    {
        using var folder = PoolFolder.Create();
        Assert.StartsWith(Directory.Exists("/dev/shm") ? "/dev/shm/" : Path.GetTempPath(), folder.FullPath, StringComparison.Ordinal);
        Assert.InRange(folder.FullPath.Length, 1, 90);
    }

    [Fact]
    public void WhatADeadProcessLeftIsRemovedAtCreation()
    {
        var dead = Stray($"{DeadPid()}-123-abcd", locked: true);
        var reused = Stray($"{Environment.ProcessId}-1-abcd", locked: true);
        var mine = Stray($"{Environment.ProcessId}-{ProcessIdentity.StartTime(Environment.ProcessId)}-abcd", locked: true);
        var foreign = Stray("not-ours");
        using var folder = PoolFolder.Create(_root.FullPath);
        Assert.False(Directory.Exists(dead));
        Assert.False(Directory.Exists(reused));
        Assert.True(Directory.Exists(mine));
        Assert.True(Directory.Exists(foreign));
    }

    [Fact]
    public void AFolderWhoseLockIsHeldStaysThoughItsProcessCantBeSeen()
    {
        var path = Stray($"{DeadPid()}-123-abcd");
        using (new FileStream(Path.Combine(path, "owner"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(0, PoolFolder.RemoveStale(_root.FullPath));
        }

        Assert.Equal(1, PoolFolder.RemoveStale(_root.FullPath));
    }

    [Fact]
    public void AParentOpenToOthersIsRefused()
    {
        Directory.CreateDirectory(Parent);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Parent, PrivateFolder.Mode | UnixFileMode.OtherExecute);
        }

        var e = Assert.Throws<IOException>(() => PoolFolder.Create(_root.FullPath));
        Assert.Contains("has mode 0701 and must have 0700", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AParentOfSomebodyElseIsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a folder away.");
        PrivateFolder.Ensure(Parent);
        using (var chown = Process.Start(new ProcessStartInfo("chown", ["12345", Parent]))!)
        {
            chown.WaitForExit();
        }

        var e = Assert.Throws<IOException>(() => PoolFolder.Create(_root.FullPath));
        Assert.Contains("belongs to user 12345", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALinkIsNotFollowed()
    {
        Directory.CreateSymbolicLink(Parent, _root.FullPath);
        var e = Assert.Throws<IOException>(() => PoolFolder.Create(_root.FullPath));
        Assert.Contains("is not a folder", e.Message, StringComparison.Ordinal);
    }
}
