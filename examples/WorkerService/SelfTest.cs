using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Examples;

/// <summary>Files of its own, a stop in the midst of them, and a count of what is where afterwards.</summary>
sealed class SelfTest : IDisposable
{
    readonly DirectoryInfo _root;
    readonly int _files;

    SelfTest(DirectoryInfo root, int files) => (_root, _files) = (root, files);

    public Folders Folders => new(Path.Combine(_root.FullName, "in"), Path.Combine(_root.FullName, "out"));

    public static SelfTest Make(int files)
    {
        var test = new SelfTest(Directory.CreateTempSubdirectory("worker-service-"), files);
        Directory.CreateDirectory(test.Folders.In);
        for (var i = 0; i < files; i++) File.WriteAllText(Path.Combine(test.Folders.In, $"{i:00000}.txt"), Text(i));
        return test;
    }

    // The same for the same file: what comes out is compared with it.
    static string Text(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var i = 0; i < 20_000; i++) text.Append("the quick brown fox jumps over a lazy dog".Split(' ')[random.Next(9)]).Append(' ');
        return text.ToString();
    }

    public async Task<int> RunAsync(IHost host, CancellationToken cancel)
    {
        await host.StartAsync(cancel);
        var compressor = host.Services.GetRequiredService<Compressor>();
        while (compressor.Done < _files / 4) await Task.Delay(10, cancel);
        // As a service manager does.
        if (OperatingSystem.IsWindows()) host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        else _ = kill(Environment.ProcessId, 15);
        await host.WaitForShutdownAsync(cancel);

        var done = Directory.GetFiles(Folders.Out);
        var left = Directory.GetFiles(Folders.In);
        var whole = done.Count(file => Unpacked(file) == Text(int.Parse(Path.GetFileName(file)[..5], null)));
        Console.WriteLine($"{_files} files, told to stop in the midst of them: {whole} compressed, {left.Length} left where they were, {_files - whole - left.Length} lost");
        return whole == done.Length && whole + left.Length == _files ? 0 : 1;
    }

    static string Unpacked(string file)
    {
        using var reader = new StreamReader(new BrotliStream(File.OpenRead(file), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    public void Dispose() => _root.Delete(recursive: true);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    static extern int kill(int process, int signal);
}
