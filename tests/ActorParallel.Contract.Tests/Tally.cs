namespace ActorParallel.Contract.Tests;

/// <summary>Notes that tasks leave, whatever process they run in: a folder with a file a note.</summary>
public sealed record Tally(string Folder) : IDisposable
{
    public static Tally New() => new(Directory.CreateTempSubdirectory("ap-tally-").FullName);

    /// <summary>Leaves a note; returns how many of the same text there are now.</summary>
    public int Add(object text)
    {
        File.WriteAllText(Path.Combine(Folder, $"{text}.{Guid.NewGuid():N}"), "");
        return CountOf(text);
    }

    public int Count => Directory.GetFiles(Folder).Length;

    public int CountOf(object text) => Directory.GetFiles(Folder, $"{text}.*").Length;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A task that was given up may leave its note just now.
        }
    }
}
