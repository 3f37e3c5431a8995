using System.Globalization;

namespace ActorParallel.Benchmarks;

/// <summary>The command line can't be understood; the message says what is wrong with it.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>A command's <c>--name value</c> arguments, taken one by one.</summary>
internal sealed class Arguments(string[] args)
{
    readonly List<string> _left = [.. args];

    public bool Flag(string name) => _left.Remove(name);

    public string? Text(string name)
    {
        var at = _left.IndexOf(name);
        if (at < 0) return null;
        if (at + 1 == _left.Count) throw new UsageException($"{name} needs a value.");
        var value = _left[at + 1];
        _left.RemoveRange(at, 2);
        return value;
    }

    public int Number(string name, int otherwise)
    {
        if (Text(name) is not { } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw new UsageException($"{name} needs a number above 0, not '{text}'.");
    }

    /// <summary>Which executors to run.</summary>
    public (bool Threads, bool Processes) Only() => Text("--only") switch
    {
        null => (true, true),
        "threads" => (true, false),
        "processes" => (false, true),
        var other => throw new UsageException($"--only takes threads or processes, not '{other}'."),
    };

    /// <summary>One of the names, or all.</summary>
    public IReadOnlyCollection<string> Choice(string name, params string[] all) => Text(name) switch
    {
        null => all,
        var one when all.Contains(one) => [one],
        var other => throw new UsageException($"{name} takes {string.Join(", ", all[..^1])} or {all[^1]}, not '{other}'."),
    };

    public void End()
    {
        if (_left.Count > 0) throw new UsageException($"'{_left[0]}' is no argument of this command.");
    }
}
