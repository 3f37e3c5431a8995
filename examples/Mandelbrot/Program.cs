using System.Diagnostics;
using ActorParallel;
using Examples;

const string Usage = """
    Mandelbrot: a picture of the Mandelbrot set, rendered by tiles, as a PNG file.

    dotnet run --project examples/Mandelbrot -- [FILE] [options]

      FILE             the file to write (default: mandelbrot.png)
      --width N        its width in pixels (default: 1200)
      --height N       its height in pixels (default: 800)
      --x X --y Y      the centre (default: -0.7435, 0.1314)
      --size X         the width of what is shown (default: 0.01; the whole set: --x -0.75 --y 0 --size 3.5)
      --iterations N   how far to look (default: 1000)
      --tile N         the side of a tile in pixels (default: 64)
      --threads N      work on N threads (default: one a core)
      --processes N    work on N processes
    """;

return await Example.RunAsync(
    args, Usage, ["FILE", "width=", "height=", "x=", "y=", "size=", "iterations=", "tile=", "threads=", "processes="],
    async (arguments, cancel) =>
    {
        var file = arguments.First ?? "mandelbrot.png";
        var (width, height, side) = (arguments.Number("width", 1200, 1, 32768), arguments.Number("height", 800, 1, 32768), arguments.Number("tile", 64, 1, 4096));
        var view = new View(
            arguments.Real("x", -0.7435, -10, 10), arguments.Real("y", 0.1314, -10, 10), arguments.Real("size", 0.01, 1e-13, 100) / width,
            width, height, arguments.Number("iterations", 1000, 1, 10_000_000));
        if ((long)width * height * 3 > Array.MaxLength) throw new UsageException($"A picture of {width} times {height} pixels is too large.");
        if (Directory.Exists(file)) throw new InputException($"{file} is a folder: give a file to write.");
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder)) throw new InputException($"There is no folder {folder}.");

        var tiles =
            from y in Enumerable.Range(0, (height + side - 1) / side)
            from x in Enumerable.Range(0, (width + side - 1) / side)
            select new Tile(view, x * side, y * side, Math.Min(side, width - x * side), Math.Min(side, height - y * side));

        using var pool = arguments.Pool();
        var start = Stopwatch.GetTimestamp();
        var picture = new byte[width * height * 3];
        var count = 0;
        // Tiles come as they are done, and go where they belong.
        await foreach (var done in pool.With(chunkSize: 1).StreamAsync(Fractal.Render, tiles, ordered: false, maxInFlight: 4 * pool.Workers, cancellationToken: cancel))
        {
            count++;
            var (tile, row) = (done.Tile, done.Tile.Width * 3);
            for (var y = 0; y < tile.Height; y++)
                done.Pixels.AsSpan(y * row, row).CopyTo(picture.AsSpan(((tile.Y + y) * width + tile.X) * 3));
        }
        Console.WriteLine($"{count:N0} tiles, {(long)width * height:N0} pixels in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s");
        Png.Write(file, width, height, picture);
        Console.WriteLine($"{file}: {width} x {height}, {new FileInfo(file).Length:N0} bytes");
        return 0;
    });
