using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>An assembly of a client's program, as the client tells an engine of it.</summary>
/// <param name="Name">Its simple name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Build">Its module version id.</param>
/// <param name="Hash">SHA-256 of its bytes, 64 lowercase hexadecimal digits.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="References">The simple names of what it refers to in the same program, without the framework and ActorParallel's own.</param>
internal sealed record CodeItem(string Name, Version Version, Guid Build, string Hash, long Length, IReadOnlyList<string> References)
{
    /// <summary>For messages: <c>Lib 1.2.0.0 (build …)</c>.</summary>
    public override string ToString() => $"{Name} {Version} (build {Build})";

    public void Write(PayloadWriter writer)
    {
        writer.WriteString(Name);
        writer.WriteString(Version.ToString());
        writer.WriteFixed(Build);
        writer.WriteString(Hash);
        writer.WriteInt64(Length);
        writer.WriteUInt32((uint)References.Count);
        foreach (string reference in References) writer.WriteString(reference);
    }

    public static CodeItem Read(ref PayloadReader reader)
    {
        string name = reader.ReadString() ?? "";
        _ = Version.TryParse(reader.ReadString(), out var version);
        var build = reader.ReadFixed<Guid>();
        string hash = reader.ReadString() ?? "";
        long length = reader.ReadInt64();
        var references = new string[reader.ReadCount()];
        for (int i = 0; i < references.Length; i++) references[i] = reader.ReadString() ?? "";

        // The hash names a folder of the engine's cache.
        bool sound = name.Length > 0 && version is not null && length >= 0 && hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower);
        return sound ? new(name, version!, build, hash, length, references) : throw reader.Corrupt("an assembly's description is not sound");
    }
}
