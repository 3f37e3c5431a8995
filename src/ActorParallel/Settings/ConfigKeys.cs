using System.Reflection;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorParallel.Settings;

/// <summary>
/// Which keys there are under <c>actor-parallel</c>: those of the reference configurations. A key that nothing reads is a slip of the
/// finger, and is refused before anything starts.
/// </summary>
internal static class ConfigKeys
{
    const string Root = "actor-parallel";

    /// <summary>Packages with keys of their own: an embedded NAME.reference.conf has them, with their defaults. Looked for where a key is not the library's own.</summary>
    static readonly string[] s_packages = ["ActorParallel.Cluster", "ActorParallel.Hosting"];

    static readonly Lazy<Config[]> s_others = new(() => [.. s_packages.Select(ReferenceOf).OfType<Config>()]);

    static Config? ReferenceOf(string package)
    {
        try
        {
            using var stream = Assembly.Load(package).GetManifestResourceStream(package + ".reference.conf");
            if (stream is null) return null;
            using var reader = new StreamReader(stream);
            return ConfigurationFactory.ParseString(reader.ReadToEnd());
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            // The program does without it.
            return null;
        }
    }

    /// <summary>Refuses keys that do not exist.</summary>
    /// <param name="given">The configuration, with whatever it falls back on.</param>
    /// <param name="source">Where it is from.</param>
    /// <exception cref="ConfigurationException">There is one.</exception>
    public static void Check(Config given, string source)
    {
        Node? known = null;
        for (var layer = given; layer is not null; layer = layer.Fallback)
        {
            if (layer.Root is not { } root || !root.IsObject() || !root.GetObject().Items.TryGetValue(Root, out var section) || !section.IsObject()) continue;
            var keys = section.GetObject();
            known ??= Known([]);
            if (keys.Items.Keys.Any(key => !known.Children.ContainsKey(key))) known = Known(s_others.Value);
            Check(keys, known, Root, source);
        }
    }

    static Node Known(Config[] others)
    {
        var all = new Node();
        foreach (var reference in (IEnumerable<Config>)[PoolConfig.Reference, ProfileConfig.Reference, .. others])
            all.Add(reference.Root.GetObject().Items[Root]);
        return all;
    }

    static void Check(HoconObject given, Node known, string path, string source)
    {
        foreach (var (key, value) in given.Items)
        {
            if (!known.Children.TryGetValue(key, out var there))
                throw new ConfigurationException($"{path}.{key} in {source}: there is no such key{Meant(key, known, path)}.");
            // What may hold anything, such as a dispatcher's or a user's own names.
            if (there.IsFree) continue;
            if (value.IsObject() && there.Children.Count == 0)
                throw new ConfigurationException($"{path}.{key} in {source} is a section, and it must be one value.");
            if (value.IsObject()) Check(value.GetObject(), there, $"{path}.{key}", source);
            else if (there.Children.Count > 0)
                throw new ConfigurationException($"{path}.{key} in {source} is one value, and it must be a section such as {{ {there.Children.Keys.First()} = … }}.");
        }
    }

    static string Meant(string key, Node known, string path)
    {
        var near = ProfileName.Nearest(key, known.Children.Keys);
        if (near.Count > 0) return $"; did you mean {string.Join(" or ", near)}?".TrimEnd('?') + "?";
        var elsewhere = Paths(Known(s_others.Value), Root).Where(p => p.EndsWith("." + key, StringComparison.Ordinal)).ToArray();
        return elsewhere.Length > 0
            ? $"; did you mean {string.Join(" or ", elsewhere)}?"
            : $"; {path} has {string.Join(", ", known.Children.Keys.Order(StringComparer.Ordinal))}";
    }

    static IEnumerable<string> Paths(Node node, string path) =>
        node.Children.SelectMany(child => Paths(child.Value, $"{path}.{child.Key}").Prepend($"{path}.{child.Key}"));

    /// <summary>A key, with those below it.</summary>
    sealed class Node
    {
        public Dictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

        /// <summary>Whatever stands below it is nobody's business here.</summary>
        public bool IsFree { get; private set; }

        public void Add(HoconValue value)
        {
            if (!value.IsObject()) return;
            var items = value.GetObject().Items;
            IsFree = items.Count == 0;
            foreach (var (key, below) in items)
            {
                if (!Children.TryGetValue(key, out var child)) Children[key] = child = new Node();
                child.Add(below);
                // Akka reads these, and knows more keys than stand here.
                if (key.EndsWith("-dispatcher", StringComparison.Ordinal)) child.IsFree = true;
            }
        }
    }
}
