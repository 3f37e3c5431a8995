using System.Buffers.Binary;
using System.IO.Compression;

namespace ActorParallel.Examples.Tests;

public sealed class MandelbrotTests
{
    [Fact]
    public async Task The_picture_is_the_set_whatever_the_tiles_and_workers()
    {
        using var folder = new TempFolder();
        var pictures = new List<byte[]>();
        foreach (var how in (string[][])[["--tile", "64", "--threads", "1"], ["--tile", "7"], ["--tile", "30", "--processes", "2"]])
        {
            var file = folder.File($"{pictures.Count}.png");
            using var run = await Started.RunAsync("Mandelbrot", [file, "--x", "-0.75", "--y", "0", "--size", "3.5", "--width", "101", "--height", "67", "--iterations", "200", .. how]);
            Assert.Equal(0, run.ExitCode);
            Assert.Contains($"{file}: 101 x 67", run.Output);
            pictures.Add(Pixels(File.ReadAllBytes(file), 101, 67));
        }
        Assert.Equal(pictures[0], pictures[1]);
        Assert.Equal(pictures[0], pictures[2]);

        // The centre belongs to the set and is black; the corner leaves at once and is not.
        Assert.Equal([0, 0, 0], pictures[0].AsSpan((33 * 101 + 50) * 3, 3).ToArray());
        Assert.NotEqual([0, 0, 0], pictures[0].AsSpan(0, 3).ToArray());
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_refused()
    {
        using var refused = await Started.RunAsync("Mandelbrot", "/no/such/folder/picture.png");
        refused.Refuses(1, "There is no folder /no/such/folder.");
    }

    /// <summary>Reads the file by the book: signature, chunks with their checksums, rows with filter 1.</summary>
    static byte[] Pixels(byte[] png, int width, int height)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        var chunks = new Dictionary<string, byte[]>();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            Assert.Equal(Crc(png.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            chunks.Add(System.Text.Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]);
            at += length + 12;
        }
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Keys);
        Assert.Equal([0, 0, 0, (byte)width, 0, 0, 0, (byte)height, 8, 2, 0, 0, 0], chunks["IHDR"]);

        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(chunks["IDAT"]), CompressionMode.Decompress)) zlib.CopyTo(data);
        var rows = data.ToArray();
        var row = width * 3;
        Assert.Equal((row + 1) * height, rows.Length);
        var pixels = new byte[row * height];
        for (var y = 0; y < height; y++)
        {
            Assert.Equal(1, rows[y * (row + 1)]);
            for (var i = 0; i < row; i++)
                pixels[y * row + i] = (byte)(rows[y * (row + 1) + 1 + i] + (i < 3 ? 0 : pixels[y * row + i - 3]));
        }
        return pixels;
    }

    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }
        return ~crc;
    }
}
