namespace Examples;

/// <summary>What the picture shows: its centre, the size of a pixel, and how far to look.</summary>
record struct View(double X, double Y, double Pixel, int Width, int Height, int Iterations);

/// <summary>A part of the picture.</summary>
record struct Tile(View View, int X, int Y, int Width, int Height);

/// <summary>A part that is done: three bytes a pixel, red, green, blue.</summary>
record struct RenderedTile(Tile Tile, byte[] Pixels);

static class Fractal
{
    public static RenderedTile Render(Tile tile)
    {
        var (view, pixels) = (tile.View, new byte[tile.Width * tile.Height * 3]);
        for (var y = 0; y < tile.Height; y++)
        {
            for (var x = 0; x < tile.Width; x++)
            {
                var steps = Escape(
                    view.X + (tile.X + x + 0.5 - view.Width / 2.0) * view.Pixel,
                    view.Y - (tile.Y + y + 0.5 - view.Height / 2.0) * view.Pixel,
                    view.Iterations);
                Colour(steps, pixels.AsSpan((y * tile.Width + x) * 3, 3));
            }
        }
        return new RenderedTile(tile, pixels);
    }

    /// <summary>How many steps until z = z² + c leaves for good, with a fraction that makes colours smooth; negative when it stays.</summary>
    static double Escape(double cx, double cy, int iterations)
    {
        var (x, y) = (0.0, 0.0);
        for (var i = 0; i < iterations; i++)
        {
            var (xx, yy) = (x * x, y * y);
            if (xx + yy > 256) return i + 1 - Math.Log2(0.5 * Math.Log2(xx + yy));
            (x, y) = (xx - yy + cx, 2 * x * y + cy);
        }
        return -1;
    }

    static void Colour(double steps, Span<byte> pixel)
    {
        if (steps < 0)
        {
            pixel.Clear();
            return;
        }
        var angle = 0.9 * Math.Sqrt(Math.Max(steps, 0));
        for (var i = 0; i < 3; i++) pixel[i] = (byte)(127.5 * (1 - Math.Cos(angle - 0.7 * i)));
    }
}
