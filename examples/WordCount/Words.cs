namespace Examples;

static class Words
{
    /// <summary>Counts the words of a file, letters in a row, whatever their case. A file with a zero byte at its beginning is not text and has none.</summary>
    public static Dictionary<string, int> In(string path)
    {
        var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        if (!IsText(path)) return counts;
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var line in File.ReadLines(path))
        {
            var start = -1;
            for (var i = 0; i <= line.Length; i++)
            {
                if (i < line.Length && char.IsLetter(line[i]))
                {
                    if (start < 0) start = i;
                }
                else if (start >= 0)
                {
                    var word = line.AsSpan(start, i - start);
                    bySpan.TryGetValue(word, out var count);
                    bySpan[word] = count + 1;
                    start = -1;
                }
            }
        }
        return counts;
    }

    static bool IsText(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[4096];
        return !head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)].Contains((byte)0);
    }
}
