using ActorParallel;

namespace Examples;

/// <summary>Some rows of the square, from one to before another.</summary>
record Strip(int Size, int From, int To);

/// <summary>What one engine does: its strip, the engines above and below it (null at the shore), and the name of their messages.</summary>
record Part(Strip Strip, int Steps, int? Above, int? Below, string Name);

/// <summary>
/// The height of the water in a strip, by central differences in space and time (leapfrog): Courant, Friedrichs, Lewy, "On the partial difference
/// equations of mathematical physics" (1928). The shore stays at 0.
/// </summary>
sealed class Pond
{
    /// <summary>(speed · time step / distance)², which must not be above 1/2.</summary>
    const double Courant = 0.25;

    readonly Strip _strip;
    readonly double[] _shore;
    double[] _before;

    public Pond(Strip strip)
    {
        _strip = strip;
        _shore = new double[strip.Size];
        Rows = new double[(strip.To - strip.From) * strip.Size];
        for (var row = strip.From; row < strip.To; row++)
            for (var column = 0; column < strip.Size; column++)
                Rows[(row - strip.From) * strip.Size + column] = Drop((double)row / strip.Size, (double)column / strip.Size);
        // At rest: the step before was the same.
        _before = [.. Rows];
    }

    /// <summary>The rows, one after the other.</summary>
    public double[] Rows { get; private set; }

    /// <summary>One step of time, with the rows that adjoin.</summary>
    public void Step(double[]? above, double[]? below)
    {
        var (size, rows, last) = (_strip.Size, Rows, Rows.Length / _strip.Size - 1);
        // The oldest becomes the newest.
        var next = _before;
        for (var row = 0; row <= last; row++)
        {
            var here = rows.AsSpan(row * size, size);
            var up = row > 0 ? rows.AsSpan((row - 1) * size, size) : above ?? _shore;
            var down = row < last ? rows.AsSpan((row + 1) * size, size) : below ?? _shore;
            var to = next.AsSpan(row * size, size);
            for (var i = 0; i < size; i++)
            {
                var left = i > 0 ? here[i - 1] : 0;
                var right = i + 1 < size ? here[i + 1] : 0;
                to[i] = 2 * here[i] - to[i] + Courant * (up[i] + down[i] + left + right - 4 * here[i]);
            }
        }
        (Rows, _before) = (next, rows);
    }

    static double Drop(double y, double x)
    {
        var distance = (y - 0.35) * (y - 0.35) + (x - 0.4) * (x - 0.4);
        return Math.Exp(-distance * 400);
    }

    /// <summary>What an engine runs: all steps of its strip, with its neighbours' outer rows as they come.</summary>
    public static async Task<int> RunAsync(Part part)
    {
        var task = TaskContext.Current!;
        var (pond, size) = (new Pond(part.Strip), part.Strip.Size);
        for (var step = 0; step < part.Steps; step++)
        {
            task.CancellationToken.ThrowIfCancellationRequested();
            if (part.Above is { } above) task.Engines.Send(above, part.Name, pond.Rows[..size]);
            if (part.Below is { } below) task.Engines.Send(below, part.Name, pond.Rows[^size..]);
            pond.Step(await FromAsync(part.Above), await FromAsync(part.Below));
        }
        task.Namespace["rows"] = pond.Rows;
        return part.Steps;

        // A neighbour that is lost ends the wait, and this call, with an exception that names it.
        async Task<double[]?> FromAsync(int? engine) => engine is { } id ? await task.Engines.ReceiveAsync<double[]>(id, part.Name) : null;
    }
}
