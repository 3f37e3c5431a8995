namespace ActorParallel.Transport;

/// <summary>A folder only this user can enter: what makes the operating system vouch for whoever opens a file in it.</summary>
internal static class PrivateFolder
{
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Refuses a folder that is missing, somebody else's, or open to others.</summary>
    /// <exception cref="IOException">It is one of these; the message says which.</exception>
    public static void Verify(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        if (OperatingSystem.IsWindows())
        {
            if (!Directory.Exists(path))
            {
                throw new DirectoryNotFoundException($"The folder {path} does not exist: make it first.");
            }

            return;
        }

        if (Posix.Facts(path) is not { } facts)
        {
            throw new DirectoryNotFoundException($"The folder {path} does not exist: make it first, with mode 0700.");
        }

        if (!facts.IsFolder)
        {
            throw new IOException($"{path} is not a folder (a link is not followed): name a folder of mode 0700.");
        }

        if (facts.Owner != Posix.UserId())
        {
            throw new IOException($"The folder {path} belongs to user {facts.Owner}, not to this user ({Posix.UserId()}): name a folder of your own.");
        }

        if ((facts.Mode & (UnixFileMode)0x1FF) != Mode)
        {
            throw new IOException($"The folder {path} has mode {Octal(facts.Mode)} and must have 0700, so that only this user can connect: run chmod 700 on it.");
        }
    }

    /// <summary>Makes the folder if it is missing, then verifies it.</summary>
    public static void Ensure(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (Posix.Facts(path) is null)
        {
            Directory.CreateDirectory(path, Mode);
        }

        Verify(path);
    }

    static string Octal(UnixFileMode mode) => Convert.ToString((int)mode & 0xFFF, 8).PadLeft(4, '0');
}
