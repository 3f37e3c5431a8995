using System.IO.MemoryMappedFiles;

namespace ActorParallel.Transport;

/// <summary>A whole file in memory.</summary>
internal sealed unsafe class FileMap : IDisposable
{
    const int Interrupted = 4, NoSpace = 28, QuotaExceeded = 122;
    readonly MemoryMappedFile _file;
    readonly MemoryMappedViewAccessor _view;
    byte* _start;

    FileMap(FileStream stream, long length, MemoryMappedFileAccess access)
    {
        _file = MemoryMappedFile.CreateFromFile(stream, null, length, access, HandleInheritability.None, leaveOpen: false);
        try
        {
            _view = _file.CreateViewAccessor(0, length, access);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        }
        catch
        {
            _view?.Dispose();
            _file.Dispose();
            throw;
        }

        Length = length;
    }

    public long Length { get; }

    public byte* Start => _start;

    /// <summary>Makes the file with every byte reserved: a full disk is an exception here and not a crash at the first touch.</summary>
    /// <exception cref="IOException">There is no room, or a file of this name.</exception>
    public static FileMap Create(string path, long length)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var stream = new FileStream(path, options);
        try
        {
            Reserve(stream, length);
            return new FileMap(stream, length, MemoryMappedFileAccess.ReadWrite);
        }
        catch (Exception e)
        {
            stream.Dispose();
            File.Delete(path);
            throw e is IOException ? NoRoom(path, length, e) : e;
        }
    }

    public static FileMap OpenRead(string path, long length)
    {
        var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        try
        {
            // Beyond the file's end there is no page, and touching one ends the process.
            return stream.Length >= length
                ? new FileMap(stream, stream.Length, MemoryMappedFileAccess.Read)
                : throw new IOException($"{path} has {stream.Length} bytes and {length} were asked for: it was not written whole.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    static void Reserve(FileStream stream, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            int error;
            do
            {
                error = Posix.Allocate(stream.SafeFileHandle, 0, length);
            }
            while (error == Interrupted);

            if (error != 0)
            {
                throw new IOException(error is NoSpace or QuotaExceeded ? "no space is left" : $"posix_fallocate failed with error {error}");
            }

            return;
        }

        stream.SetLength(length);
        if (!OperatingSystem.IsWindows())
        {
            var zeros = new byte[1 << 20];
            for (long done = 0; done < length; done += zeros.Length)
            {
                RandomAccess.Write(stream.SafeFileHandle, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - done)), done);
            }
        }
    }

    static IOException NoRoom(string path, long length, Exception cause)
    {
        var folder = Path.GetDirectoryName(path)!;
        return new IOException($"{length} bytes could not be reserved in {folder} ({cause.Message.TrimEnd('.')}; {FreeSpace(folder)} bytes are free): " +
            "free some space there, or hold fewer large values at a time.", cause);
    }

    static long FreeSpace(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        if (_start is not null)
        {
            _start = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
