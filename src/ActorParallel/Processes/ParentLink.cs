using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace ActorParallel.Processes;

/// <summary>
/// A child's side of its parent: takes over standard input, hands out the messages in it, and ends this process
/// at once, whatever it is doing, when the parent is gone.
/// </summary>
internal sealed class ParentLink
{
    readonly Stream input;

    ParentLink(Stream input, int parentId) => (this.input, ParentId) = (input, parentId);

    /// <summary>The parent's process id.</summary>
    public int ParentId { get; }

    /// <summary>Ties this process to its parent. To be called first of all.</summary>
    public static ParentLink Open(int parentId)
    {
        const int setParentDeathSignal = 1;
        // Something else than its parent may hold its input, as an SSH server does: then only the input's end tells.
        if (parentId == 0)
            return new ParentLink(TakeInput(), parentId);
        if (OperatingSystem.IsLinux())
            _ = Libc.ProcessControl(setParentDeathSignal, Libc.SigKill, 0, 0, 0);

        // It may have died before that call.
        if (!OperatingSystem.IsWindows() && Libc.ParentId() != parentId)
            EndNow();
        return new ParentLink(TakeInput(), parentId);
    }

    /// <summary>The next message. Ends the process if the parent is gone.</summary>
    public byte[] Receive()
    {
        byte[] length = new byte[4];
        if (!Fill(length))
            EndNow();
        byte[] message = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        if (!Fill(message))
            EndNow();
        return message;
    }

    /// <summary>From here on a thread of its own takes the messages and watches for the parent's end.</summary>
    public void Watch(Action<byte[]>? onMessage = null)
    {
        new Thread(() =>
        {
            while (true)
            {
                byte[] message = Receive();
                onMessage?.Invoke(message);
            }
        }, 256 * 1024)
        { IsBackground = true, Name = "ActorParallel parent watch" }.Start();
    }

    /// <summary>Leaves Ctrl-C, which a terminal sends to parent and children alike, to the parent.</summary>
    public static IDisposable IgnoreInterrupt() =>
        System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, context => context.Cancel = true);

    /// <summary>Ends this process without asking anybody: no handlers, no finally blocks.</summary>
    public static void EndNow()
    {
        if (!OperatingSystem.IsWindows())
            _ = Libc.Kill(Environment.ProcessId, Libc.SigKill);
        using System.Diagnostics.Process self = System.Diagnostics.Process.GetCurrentProcess();
        self.Kill();
    }

    /// <summary>Code that runs here finds an empty standard input, as in Python, not the parent's messages.</summary>
    static Stream TakeInput()
    {
        if (OperatingSystem.IsWindows())
        {
            Stream input = Console.OpenStandardInput();
            Console.SetIn(TextReader.Null);
            return input;
        }
        SafeFileHandle own = File.OpenHandle("/dev/fd/0");
        using SafeFileHandle nothing = File.OpenHandle("/dev/null");
        _ = Libc.Duplicate((int)nothing.DangerousGetHandle(), 0);
        return new FileStream(own, FileAccess.Read, bufferSize: 0);
    }

    bool Fill(byte[] buffer)
    {
        try
        {
            return input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
