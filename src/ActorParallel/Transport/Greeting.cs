using System.Buffers.Binary;

namespace ActorParallel.Transport;

/// <summary>The peer doesn't speak this transport, or not with these settings.</summary>
internal sealed class GreetingException(string message) : IOException(message);

/// <summary>
/// What both sides say first: four letters with the version, and the largest frame they take. The accepting side answers only to a
/// greeting, so a connection counts as made when both know the other speaks the same.
/// </summary>
internal static class Greeting
{
    const int Length = 8;

    static ReadOnlySpan<byte> Magic => "APT1"u8;

    public static void Send(Stream stream, int maximumFrame)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], maximumFrame);
        stream.Write(bytes);
    }

    /// <summary>False when the peer closed without a word.</summary>
    public static bool Receive(Stream stream, out int maximumFrame)
    {
        maximumFrame = 0;
        Span<byte> bytes = stackalloc byte[Length];
        var read = stream.ReadAtLeast(bytes, Length, throwOnEndOfStream: false);
        if (read == 0)
        {
            return false;
        }

        if (read < Length || !bytes.StartsWith(Magic))
        {
            throw new GreetingException("it does not speak this protocol, or another version of it");
        }

        maximumFrame = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        return true;
    }

    public static void Compare(int ours, int theirs)
    {
        if (ours != theirs)
        {
            throw new GreetingException($"maximum-frame-size is {ours} bytes here and {theirs} there: give both the same");
        }
    }
}
