using System.Globalization;
using System.Security.Cryptography;

namespace ActorParallel.Transport;

/// <summary>
/// A pool's private folder, for its socket files and segments: in shared memory where there is some, else with the temporary files.
/// Gone when disposed; what a killed process left is removed when the next pool starts.
/// </summary>
internal sealed class PoolFolder : IDisposable
{
    const string LockName = "owner";
    const string SharedMemory = "/dev/shm";
    static readonly TimeSpan Unlocked = TimeSpan.FromMinutes(1);
    readonly FileStream _lock;
    int _disposed;

    PoolFolder(string path, FileStream held) => (FullPath, _lock) = (path, held);

    public string FullPath { get; }

    /// <param name="root">Instead of shared memory or the temporary folder.</param>
    /// <exception cref="IOException">The folder of all this user's pools is not private; the message says what to do.</exception>
    public static PoolFolder Create(string? root = null)
    {
        var parent = Parent(root);
        PrivateFolder.Ensure(parent);
        RemoveStale(root);
        var pid = Environment.ProcessId;
        var path = Path.Combine(parent, string.Create(CultureInfo.InvariantCulture,
            $"{pid}-{ProcessIdentity.StartTime(pid) ?? 0}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"));
        PrivateFolder.Ensure(path);
        return new PoolFolder(path, new FileStream(Path.Combine(path, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1));
    }

    /// <summary>Removes the folders whose owner is gone; returns how many. A folder that can't be judged or removed stays.</summary>
    public static int RemoveStale(string? root = null)
    {
        var parent = Parent(root);
        if (!Directory.Exists(parent))
        {
            return 0;
        }

        PrivateFolder.Verify(parent);
        var removed = 0;
        foreach (var folder in Directory.EnumerateDirectories(parent))
        {
            try
            {
                if (IsStale(folder))
                {
                    Directory.Delete(folder, recursive: true);
                    removed++;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody else is removing it, or it is in use after all.
            }
        }

        return removed;
    }

    // Two signs must agree: in a container of its own a live process may look dead from here, but it holds its lock.
    static bool IsStale(string folder)
    {
        var parts = Path.GetFileName(folder).Split('-');
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var started)
            || ProcessIdentity.StartTime(pid) == started)
        {
            return false;
        }

        try
        {
            using var free = new FileStream(Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
            return true;
        }
        catch (FileNotFoundException)
        {
            return TimeProvider.System.GetUtcNow() - Directory.GetLastWriteTimeUtc(folder) > Unlocked;
        }
        catch (IOException)
        {
            return false;
        }
    }

    internal static string Parent(string? root)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(root ?? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "actor-parallel");
        }

        root ??= Directory.Exists(SharedMemory) ? SharedMemory : Path.GetTempPath();
        return Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"actor-parallel-{Posix.UserId()}"));
    }

    /// <summary>Deletes the folder with all in it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _lock.Dispose();
        try
        {
            Directory.Delete(FullPath, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone already, or a child still writes to it: it is stale once this process is gone.
        }
    }
}
