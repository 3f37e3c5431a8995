using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorParallel.Functions;

/// <summary>The bytes of assemblies that were loaded from memory. Forgotten with their assemblies. Thread-safe.</summary>
internal static class CodeImages
{
    static readonly ConditionalWeakTable<Assembly, byte[]> Images = [];

    /// <summary>Lets an assembly travel that has no file: a script's submission.</summary>
    /// <exception cref="ArgumentException">The bytes are those of another assembly.</exception>
    public static void Register(Assembly assembly, ReadOnlyMemory<byte> image)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        byte[] bytes = image.ToArray();
        Guid build;
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            build = CodeFile.Read(stream).Build;
        }
        catch (BadImageFormatException e)
        {
            throw new ArgumentException($"The image of {assembly.GetName().Name} can't be read: {e.Message}", nameof(image), e);
        }

        if (build != assembly.ManifestModule.ModuleVersionId)
            throw new ArgumentException($"The image has build {build} and the assembly {assembly.GetName().Name} has build {assembly.ManifestModule.ModuleVersionId}.", nameof(image));
        Images.AddOrUpdate(assembly, bytes);
    }

    /// <summary>The bytes, or null when the assembly was not registered.</summary>
    public static byte[]? Of(Assembly assembly) => Images.TryGetValue(assembly, out byte[]? image) ? image : null;
}
