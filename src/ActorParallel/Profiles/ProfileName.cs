using System.Buffers;

namespace ActorParallel.Profiles;

/// <summary>What a profile may be called, and which one was meant.</summary>
internal static class ProfileName
{
    public const string Default = "default";
    const int Longest = 64;

    static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= Longest && !name.AsSpan().ContainsAnyExcept(Allowed) && name[0] is not ('.' or '-') && name[^1] != '.';

    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Check(string name) => IsValid(name) ? name : throw new ArgumentException(
        $"'{name}' can't be a profile's name: use 1 to {Longest} letters (a to z), digits, '-', '_' and '.', with no '.' or '-' first and no '.' last.", nameof(name));

    /// <summary>Those of the names a slip of the finger away; nearest first, at most three.</summary>
    public static IReadOnlyList<string> Nearest(string wanted, IEnumerable<string> names) =>
        [.. names.Select(name => (Name: name, Distance: Distance(wanted, name)))
            .Where(pair => pair.Distance <= Math.Max(2, wanted.Length / 3))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal)
            .Take(3).Select(pair => pair.Name)];

    // Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966; case doesn't count.
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + same));
            }
        }

        return row[b.Length];
    }
}
