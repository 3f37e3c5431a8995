using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace ActorParallel.Functions;

/// <summary>
/// Assemblies of clients on an engine's disk, each in a folder named by the hash of its bytes. Several processes may share the folder: a
/// file appears whole or not at all, and is checked against its hash before it is loaded. Thread-safe.
/// </summary>
internal sealed class CodeStore
{
    // What was used this recently stays, whatever the bound: it may be about to be loaded.
    static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    readonly string _folder;
    readonly long _maxBytes;
    readonly TimeProvider _time;
    readonly ConcurrentDictionary<string, (DateTime Written, long Length)> _verified = new(StringComparer.Ordinal);

    /// <param name="folder">Made when it is missing, for this user only.</param>
    /// <param name="maxBytes">When more than this is kept, what was used longest ago is removed.</param>
    /// <param name="time">The clock; the system's unless given.</param>
    public CodeStore(string folder, long maxBytes = 1L << 30, TimeProvider? time = null)
    {
        _folder = Path.GetFullPath(folder);
        _maxBytes = maxBytes;
        _time = time ?? TimeProvider.System;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_folder);
        else Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Whether the bytes are here and right. Wrong ones are removed.</summary>
    public bool Has(CodeItem item)
    {
        var file = new FileInfo(PathOf(item));
        if (!file.Exists) return false;
        if (!_verified.TryGetValue(item.Hash, out var known) || known != (file.LastWriteTimeUtc, file.Length))
        {
            try
            {
                using var stream = file.OpenRead();
                if (Convert.ToHexStringLower(SHA256.HashData(stream)) != item.Hash)
                {
                    stream.Dispose();
                    Remove(file.Directory!);
                    return false;
                }
            }
            catch (IOException)
            {
                return false;
            }

            _verified[item.Hash] = (file.LastWriteTimeUtc, file.Length);
        }

        Touch(file.DirectoryName!);
        return true;
    }

    /// <summary>The file to load.</summary>
    /// <exception cref="ShippingException">It is not here, or its bytes have changed.</exception>
    public string Verified(CodeItem item)
    {
        string path = PathOf(item);
        bool was = File.Exists(path);
        if (Has(item)) return path;
        throw new ShippingException(was
            ? $"The file of {item} in the engine's cache ({path}) was changed: its bytes don't have the hash they came with. It was removed; run the task again."
            : $"The bytes of {item} are not in the engine's cache ({_folder}); run the task again.");
    }

    /// <summary>Keeps bytes that came from a client.</summary>
    /// <exception cref="ShippingException">They are not those that were named.</exception>
    public void Add(CodeItem item, ReadOnlySpan<byte> image)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(image));
        if (hash != item.Hash)
        {
            throw new ShippingException(
                $"The {image.Length:N0} bytes that came as {item} are not those the client named: their SHA-256 is {hash}, not {item.Hash}. Nothing of them was kept; run the task again.");
        }

        if (Has(item)) return;
        string part = Path.Combine(_folder, $"{Guid.NewGuid():n}.part");
        Directory.CreateDirectory(part);
        using (var stream = File.Create(Path.Combine(part, FileName(item)))) stream.Write(image);
        Touch(part);
        try
        {
            Directory.Move(part, Path.Combine(_folder, item.Hash));
        }
        catch (IOException) when (Has(item))
        {
            Remove(new DirectoryInfo(part)); // Another process was faster.
        }

        Trim();
    }

    string PathOf(CodeItem item) => Path.Combine(_folder, item.Hash, FileName(item));

    // Names of scripts' assemblies hold characters that files can't, differently on each system.
    static string FileName(CodeItem item) =>
        string.Create(item.Name.Length, item.Name, static (name, from) =>
        {
            for (int i = 0; i < name.Length; i++) name[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '.' or '-' or '_' or '+' ? from[i] : '_';
        }) + ".dll";

    void Touch(string folder)
    {
        try
        {
            Directory.SetLastWriteTimeUtc(folder, _time.GetUtcNow().UtcDateTime);
        }
        catch (IOException)
        {
            // Another process removed it.
        }
    }

    void Trim()
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var folders = new DirectoryInfo(_folder).GetDirectories().Select(static f => (Folder: f, Used: f.LastWriteTimeUtc, Length: SizeOf(f))).OrderBy(static f => f.Used).ToArray();
        long total = folders.Sum(static f => f.Length);
        foreach (var (folder, used, length) in folders)
        {
            if (now - used < Fresh) return;
            if (total <= _maxBytes && folder.Extension != ".part") continue;
            if (Remove(folder)) total -= length;
        }
    }

    static long SizeOf(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFiles().Sum(static file => file.Length);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    bool Remove(DirectoryInfo folder)
    {
        _verified.TryRemove(folder.Name, out _);
        try
        {
            folder.Delete(recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // In use, where the system minds.
        }
    }
}
