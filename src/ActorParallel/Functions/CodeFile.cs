using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ActorParallel.Functions;

/// <summary>What an assembly's file says of itself, read without loading it.</summary>
internal sealed record CodeFile(string Name, Version Version, Guid Build, AssemblyName[] References)
{
    /// <exception cref="BadImageFormatException">It is no assembly.</exception>
    public static CodeFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream);
    }

    /// <inheritdoc cref="Read(string)"/>
    public static CodeFile Read(Stream image)
    {
        using var file = new PEReader(image, PEStreamOptions.LeaveOpen);
        if (!file.HasMetadata) throw new BadImageFormatException("The file holds no managed code.");
        var metadata = file.GetMetadataReader();
        if (!metadata.IsAssembly) throw new BadImageFormatException("The file is no assembly.");
        var own = metadata.GetAssemblyDefinition();
        var references = metadata.AssemblyReferences.Select(handle => metadata.GetAssemblyReference(handle).GetAssemblyName()).ToArray();
        return new(metadata.GetString(own.Name), own.Version, metadata.GetGuid(metadata.GetModuleDefinition().Mvid), references);
    }

    /// <summary>The same, or null where there is no readable assembly.</summary>
    public static CodeFile? TryRead(string path)
    {
        try
        {
            return Read(path);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
