using System.IO.Compression;

namespace Examples;

/// <summary>The work of the service: it runs wherever the executor does.</summary>
static class Compression
{
    public static byte[] Brotli(byte[] bytes)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        if (!BrotliEncoder.TryCompress(bytes, packed, out var length, quality: 11, window: 22)) throw new InvalidDataException("It can't be compressed.");
        return packed[..length];
    }
}
