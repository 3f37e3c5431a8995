using System.Buffers.Binary;
using System.IO.Compression;

namespace Examples;

/// <summary>Writes PNG files of 8-bit red, green, blue: W3C, Portable Network Graphics (PNG) Specification (Second Edition).</summary>
static class Png
{
    static readonly uint[] s_crc = [.. Enumerable.Range(0, 256).Select(static n => Enumerable.Range(0, 8).Aggregate((uint)n, static (c, _) => (c & 1) == 0 ? c >> 1 : 0xEDB88320 ^ (c >> 1)))];

    public static void Write(string path, int width, int height, ReadOnlySpan<byte> pixels)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            var row = width * 3;
            var line = new byte[row + 1];
            for (var y = 0; y < height; y++)
            {
                // Filter 1: each byte less the same colour's to its left, which compresses better.
                line[0] = 1;
                var values = pixels.Slice(y * row, row);
                for (var i = 0; i < row; i++) line[i + 1] = (byte)(values[i] - (i < 3 ? 0 : values[i - 3]));
                zlib.Write(line);
            }
        }

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9], header[10], header[11], header[12]) = (8, 2, 0, 0, 0);

        using var file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        Chunk(file, "IEND"u8, []);
    }

    static void Chunk(FileStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(~0u, type), data));
        file.Write(number);
    }

    static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) crc = s_crc[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }
}
