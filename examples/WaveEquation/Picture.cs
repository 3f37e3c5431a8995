namespace Examples;

static class Picture
{
    const string Shades = "@#*+=-. .:oxOX8";
    const int Width = 64, Height = 24;

    /// <summary>The heights as characters: below the still water on the left of the scale, above it on the right.</summary>
    public static void Show(double[] heights, int size)
    {
        var most = heights.Max(Math.Abs);
        for (var line = 0; line < Height; line++)
        {
            var text = new char[Width];
            for (var i = 0; i < Width; i++)
            {
                var height = heights[(int)((line + 0.5) * size / Height) * size + (int)((i + 0.5) * size / Width)];
                // The root makes small waves visible.
                var part = most == 0 ? 0 : Math.Sign(height) * Math.Sqrt(Math.Abs(height) / most);
                text[i] = Shades[(int)Math.Round((part + 1) / 2 * (Shades.Length - 1))];
            }
            Console.WriteLine(new string(text).TrimEnd());
        }
    }
}
