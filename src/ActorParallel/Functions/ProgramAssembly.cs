using System.Reflection;
using System.Security.Cryptography;

namespace ActorParallel.Functions;

/// <summary>An assembly of this program that can travel. Holds its bytes or where they are, never the assembly: that may be unloaded.</summary>
internal sealed class ProgramAssembly
{
    readonly string _path;
    readonly byte[]? _image;
    readonly Lock _gate = new();
    CodeItem? _item;

    ProgramAssembly(string name, Version version, Guid build, string path, byte[]? image)
    {
        Name = name;
        Version = version;
        Build = build;
        _path = path;
        _image = image;
    }

    public string Name { get; }

    public Version Version { get; }

    public Guid Build { get; }

    /// <summary>The simple names of what it refers to in this program; set once, when its program is put together.</summary>
    public IReadOnlyList<string> References { get; set; } = [];

    /// <summary>Its bytes; 0 when the file is gone.</summary>
    public long Length => _image?.LongLength ?? (File.Exists(_path) ? new FileInfo(_path).Length : 0);

    /// <summary>A loaded assembly.</summary>
    /// <exception cref="ShippingException">It has no bytes to send.</exception>
    public static ProgramAssembly Of(Assembly assembly)
    {
        var name = assembly.GetName();
        if (FunctionRefusals.WhyAssembly(assembly) is { } reason) throw new ShippingException($"{name.Name} {reason}");
        return new(name.Name!, name.Version ?? new Version(0, 0), assembly.ManifestModule.ModuleVersionId, assembly.Location, CodeImages.Of(assembly));
    }

    /// <summary>An assembly that is not loaded yet.</summary>
    public static ProgramAssembly Of(CodeFile file, string path) => new(file.Name, file.Version, file.Build, path, null);

    /// <summary>What an engine is told of it. Its bytes are read and hashed the first time.</summary>
    /// <exception cref="ShippingException">The file is gone or changed.</exception>
    public CodeItem Item
    {
        get
        {
            lock (_gate)
            {
                if (_item is not null) return _item;
                byte[] bytes = Read();
                return _item = new(Name, Version, Build, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.LongLength, References);
            }
        }
    }

    /// <summary>Its bytes, read from its file at each call.</summary>
    /// <exception cref="ShippingException">The file is gone or changed.</exception>
    public byte[] Read()
    {
        if (_image is not null) return _image;
        try
        {
            byte[] bytes = File.ReadAllBytes(_path);
            using var stream = new MemoryStream(bytes, writable: false);
            var found = CodeFile.Read(stream).Build;
            return found == Build ? bytes : throw new ShippingException(
                $"{_path} was built again while this program runs (it runs build {Build}, the file has {found}), so {Name} can't be sent to an engine; start the program again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            throw new ShippingException($"{Name} can't be sent to an engine: {_path} can't be read ({e.Message}); put it back and start the program again.", "", e);
        }
    }
}
