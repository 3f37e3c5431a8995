using StbImageSharp;
using StbImageWriteSharp;

namespace Examples;

/// <summary>A picture to make smaller.</summary>
/// <param name="Image">A PNG, JPEG, BMP, GIF or TGA file.</param>
/// <param name="Width">How wide, in pixels; the height follows.</param>
record Picture(byte[] Image, int Width);

/// <summary>The work of the service: it runs wherever the executor does, and knows nothing of that.</summary>
static class Thumbnail
{
    const int MostPixels = 50_000_000;

    /// <exception cref="InvalidDataException">That is no picture, or one that is too large.</exception>
    public static byte[] Make(Picture picture)
    {
        using var stream = new MemoryStream(picture.Image);
        if (ImageInfo.FromStream(stream) is not { } info) throw new InvalidDataException("That is no picture: send a PNG, JPEG, BMP, GIF or TGA file.");
        if ((long)info.Width * info.Height > MostPixels) throw new InvalidDataException($"A picture of {info.Width} x {info.Height} pixels is too large.");
        var image = ImageResult.FromMemory(picture.Image, StbImageSharp.ColorComponents.RedGreenBlueAlpha);
        var width = Math.Min(picture.Width, image.Width);
        var height = Math.Max(1, (int)Math.Round((double)image.Height * width / image.Width));
        return Png(Shrink(image.Data, image.Width, image.Height, width, height), width, height);
    }

    /// <summary>Each pixel is the mean of those it covers.</summary>
    static byte[] Shrink(byte[] from, int fromWidth, int fromHeight, int width, int height)
    {
        var to = new byte[width * height * 4];
        for (var y = 0; y < height; y++)
        {
            var (top, bottom) = Covered(y, height, fromHeight);
            for (var x = 0; x < width; x++)
            {
                var (left, right) = Covered(x, width, fromWidth);
                var count = (bottom - top) * (right - left);
                for (var colour = 0; colour < 4; colour++)
                {
                    long sum = 0;
                    for (var row = top; row < bottom; row++)
                        for (var column = left; column < right; column++) sum += from[((row * fromWidth) + column) * 4 + colour];
                    to[((y * width) + x) * 4 + colour] = (byte)((sum + count / 2) / count);
                }
            }
        }
        return to;
    }

    static (int First, int End) Covered(int at, int of, int from)
    {
        var first = (int)((long)at * from / of);
        return (first, Math.Max(first + 1, (int)((long)(at + 1) * from / of)));
    }

    public static byte[] Png(byte[] pixels, int width, int height)
    {
        using var stream = new MemoryStream();
        new ImageWriter().WritePng(pixels, width, height, StbImageWriteSharp.ColorComponents.RedGreenBlueAlpha, stream);
        return stream.ToArray();
    }
}
