using System.Runtime.InteropServices;

namespace Examples;

/// <summary>Who meets whom: a small world, after Watts and Strogatz, "Collective dynamics of 'small-world' networks", Nature 393 (1998).</summary>
static class Network
{
    /// <summary>How many people each one chose; as many chose him.</summary>
    const int Chosen = 5;

    /// <summary>The part of the contacts that are with anybody rather than a neighbour.</summary>
    const double Far = 0.1;

    /// <summary>Makes the network and writes it to a file: the contacts, as pairs.</summary>
    /// <returns>How many contacts.</returns>
    public static int Prepare(string folder, int people, int seed)
    {
        var random = new SplitMix(seed, -1);
        var contacts = new int[people * Chosen * 2];
        for (var (i, at) = (0, 0); i < people; i++)
            for (var step = 1; step <= Chosen; step++)
            {
                contacts[at++] = i;
                contacts[at++] = random.Next() < Far ? (int)(random.Next() * people) : (i + step) % people;
            }
        // Whole or not at all, also when the task runs twice.
        var made = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllBytes(made, MemoryMarshal.AsBytes<int>(contacts));
        File.Move(made, FileIn(folder), overwrite: true);
        return people * Chosen;
    }

    /// <summary>Whom each one meets: those of person p are <c>Others[Starts[p]..Starts[p + 1]]</c>.</summary>
    public static (int[] Starts, int[] Others) Read(string folder)
    {
        var contacts = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(FileIn(folder)));
        var starts = new int[contacts.Length / Chosen / 2 + 1];
        foreach (var person in contacts) starts[person + 1]++;
        for (var i = 1; i < starts.Length; i++) starts[i] += starts[i - 1];
        var others = new int[contacts.Length];
        var at = starts[..^1];
        for (var i = 0; i < contacts.Length; i += 2)
        {
            others[at[contacts[i]]++] = contacts[i + 1];
            others[at[contacts[i + 1]]++] = contacts[i];
        }
        return (starts, others);
    }

    static string FileIn(string folder) => Path.Combine(folder, "network");
}

/// <summary>Random numbers from 0 to 1: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA (2014).</summary>
struct SplitMix(int seed, int stream)
{
    ulong _state = Mix(Mix((uint)seed) + (uint)stream);

    public double Next() => (Mix(_state += 0x9E3779B97F4A7C15) >> 11) * (1.0 / (1UL << 53));

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
