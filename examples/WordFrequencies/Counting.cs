using ActorParallel;

namespace Examples;

/// <summary>How often one word.</summary>
record struct WordCount(string Word, long Count);

/// <summary>What one engine did; a file that it could not read, and why, is one of <paramref name="Unread"/>.</summary>
record Counted(int Files, long Words, int Different, string[] Unread);

static class Counting
{
    /// <summary>Counts the words of an engine's own files, and leaves the counts in its namespace.</summary>
    public static Counted Count(string[] files)
    {
        var task = TaskContext.Current!;
        var total = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        List<string> unread = [];
        foreach (var file in files)
        {
            task.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                foreach (var (word, count) in Words.In(file)) total[word] = total.GetValueOrDefault(word) + count;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A file that can't be read is no reason to lose the others.
                unread.Add($"{file}: {e.Message}");
            }
        }
        task.Namespace["counts"] = total.Select(w => new WordCount(w.Key, w.Value)).ToArray();
        return new Counted(files.Length - unread.Count, total.Values.Sum(), total.Count, [.. unread]);
    }
}
