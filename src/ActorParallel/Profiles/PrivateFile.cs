using System.Security.Cryptography;
using System.Text;
using ActorParallel.Transport;

namespace ActorParallel.Profiles;

/// <summary>Files only this user reads, written whole or not at all.</summary>
internal static class PrivateFile
{
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode Others = (UnixFileMode)0x3F;

    /// <summary>Replaces the file, or makes it: whoever reads meets the old text or the new.</summary>
    public static void Write(string path, string text) => Put(path, text, overwrite: true);

    /// <summary>False when the file is there already, which it then stays as it is.</summary>
    public static bool TryCreate(string path, string text)
    {
        if (File.Exists(path))
        {
            return false;
        }

        try
        {
            Put(path, text, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="IOException">It is somebody else's, or open to others; the message says what to do.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string? Read(string path)
    {
        try
        {
            Verify(path);
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    static void Verify(string path)
    {
        if (OperatingSystem.IsWindows() || Posix.Facts(path) is not { } facts)
        {
            return;
        }

        if (facts.Owner != Posix.UserId())
        {
            throw new IOException($"{path} was written by user {facts.Owner}, not by this one ({Posix.UserId()}): use a file of your own.");
        }

        if ((facts.Mode & Others) != 0)
        {
            throw new IOException($"{path} can be read or written by others and must have mode 0600: run chmod 600 on it.");
        }
    }

    // Same folder, so that the rename stays within one file system.
    static void Put(string path, string text, bool overwrite)
    {
        var part = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.part";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        try
        {
            using (var file = new FileStream(part, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
