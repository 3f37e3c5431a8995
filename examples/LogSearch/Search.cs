using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Examples;

/// <summary>Some lines of the file, the number of the first, and what to look for.</summary>
readonly record struct Batch(string Pattern, long First, string[] Lines)
{
    const int MostLines = 2000;
    const int MostCharacters = 256 * 1024;

    public static async IAsyncEnumerable<Batch> OfAsync(IAsyncEnumerable<string> lines, string pattern, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (batch, characters, first) = (new List<string>(), 0, 1L);
        await foreach (var line in lines.WithCancellation(cancel))
        {
            batch.Add(line);
            characters += line.Length;
            if (batch.Count < MostLines && characters < MostCharacters) continue;
            yield return new Batch(pattern, first, [.. batch]);
            first += batch.Count;
            characters = 0;
            batch.Clear();
        }
        if (batch.Count > 0) yield return new Batch(pattern, first, [.. batch]);
    }
}

/// <summary>The lines of a batch that match, with their numbers.</summary>
readonly record struct Found((long Number, string Line)[] Lines, int Searched);

static class Search
{
    // Compiled once in each process; a Regex itself need not travel.
    static readonly ConcurrentDictionary<string, Regex> s_compiled = new();

    public static Found In(Batch batch)
    {
        var regex = s_compiled.GetOrAdd(batch.Pattern, static pattern => new Regex(pattern, RegexOptions.Compiled | RegexOptions.CultureInvariant));
        var found = new List<(long, string)>();
        for (var i = 0; i < batch.Lines.Length; i++)
            if (regex.IsMatch(batch.Lines[i]))
                found.Add((batch.First + i, batch.Lines[i]));
        return new Found([.. found], batch.Lines.Length);
    }
}
