namespace ActorParallel.Scheduling;

/// <summary>What tasks ask of an engine. Equal ones are queued together.</summary>
internal sealed class TaskConstraint : IEquatable<TaskConstraint>
{
    readonly int _hash;

    public TaskConstraint(string[] tags, (string Name, long Amount)[] resources, int[]? targets, bool follows = false, int[]? except = null)
    {
        (Tags, Resources, Targets, Follows, Except) = (tags, resources, targets, follows, except ?? []);
        var hash = new HashCode();
        foreach (var tag in tags)
            hash.Add(tag, StringComparer.Ordinal);
        foreach (var resource in resources)
            hash.Add(resource);
        foreach (var target in targets ?? [])
            hash.Add(target);
        foreach (var id in Except)
            hash.Add(~id);
        hash.Add(follows);
        _hash = hash.ToHashCode();
    }

    /// <summary>All of these, sorted.</summary>
    public string[] Tags { get; }

    /// <summary>These amounts, held while a task is at an engine; sorted by name.</summary>
    public (string Name, long Amount)[] Resources { get; }

    /// <summary>One of these engines, sorted; null for any.</summary>
    public int[]? Targets { get; }

    /// <summary>The targets are where other tasks ran: an engine that comes back with the same id later is no substitute to wait for.</summary>
    public bool Follows { get; }

    /// <summary>None of these engines, sorted: it was there and found that it can't run.</summary>
    public int[] Except { get; }

    /// <summary>The same, but on these engines.</summary>
    public static TaskConstraint On(TaskConstraint? constraint, int[] engines) =>
        new(constraint?.Tags ?? [], constraint?.Resources ?? [], engines, follows: true, constraint?.Except);

    /// <summary>The same, but on none of these engines.</summary>
    public static TaskConstraint ExceptOn(TaskConstraint? constraint, int[] engines) =>
        new(constraint?.Tags ?? [], constraint?.Resources ?? [], constraint?.Targets, constraint?.Follows ?? false, engines);

    public bool Suits(EngineState engine) => !IsExcepted(engine.Id) && SuitsBut(engine);

    public bool IsExcepted(int engineId) => Except.Length > 0 && Array.BinarySearch(Except, engineId) >= 0;

    /// <summary>It would suit, had the task not been there already.</summary>
    public bool SuitsBut(EngineState engine) => HasTarget(engine.Id) && HasTags(engine) && HasResources(engine);

    public bool HasTarget(int engineId) => Targets is null || Array.BinarySearch(Targets, engineId) >= 0;

    public bool HasTags(EngineState engine)
    {
        foreach (var tag in Tags)
        {
            if (!engine.Tags.Contains(tag))
                return false;
        }
        return true;
    }

    public bool HasResources(EngineState engine)
    {
        foreach (var (name, amount) in Resources)
        {
            if (engine.AmountOf(name) < amount)
                return false;
        }
        return true;
    }

    public bool Equals(TaskConstraint? other) =>
        other is not null && other._hash == _hash && other.Follows == Follows
        && Tags.AsSpan().SequenceEqual(other.Tags) && Resources.AsSpan().SequenceEqual(other.Resources)
        && Except.AsSpan().SequenceEqual(other.Except)
        && (Targets is null) == (other.Targets is null) && Targets.AsSpan().SequenceEqual(other.Targets);

    public override bool Equals(object? obj) => Equals(obj as TaskConstraint);

    public override int GetHashCode() => _hash;
}

/// <summary>Amounts of resources are whole numbers of ten-thousandths inside, so that what was taken and given back adds up.</summary>
internal static class ResourceAmount
{
    public const double Least = 0.0001;
    const double Most = 1e12;

    public static long FromDouble(string name, double amount) => amount is >= Least and <= Most
        ? (long)Math.Round(amount / Least)
        : throw new ArgumentOutOfRangeException(nameof(amount), amount, $"The amount of the resource '{name}' must be from {Least} to {Most}: leave the resource out for none.");

    public static double ToDouble(long amount) => amount * Least;

    public static (string Name, long Amount)[] Sorted(IReadOnlyDictionary<string, double>? amounts)
    {
        if (amounts is null || amounts.Count == 0)
            return [];
        var sorted = new (string, long)[amounts.Count];
        var i = 0;
        foreach (var (name, amount) in amounts)
        {
            if (string.IsNullOrWhiteSpace(name))
                throw new ArgumentException("A resource needs a name.", nameof(amounts));
            sorted[i++] = (name, FromDouble(name, amount));
        }
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Item1, b.Item1));
        return sorted;
    }

    public static string[] SortedTags(IReadOnlyCollection<string>? tags)
    {
        if (tags is null || tags.Count == 0)
            return [];
        foreach (var tag in tags)
        {
            if (string.IsNullOrWhiteSpace(tag))
                throw new ArgumentException("A tag can't be empty.", nameof(tags));
        }
        return [.. tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
