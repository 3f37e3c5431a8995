using ActorParallel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Examples;

/// <summary>
/// Compresses the files of a folder, as they come, into another. When the host stops it takes no more; what it has begun is finished and written.
/// A file leaves the first folder when its result is in the second: whenever the service ends, each file is in one of them.
/// </summary>
sealed class Compressor(IParallelExecutor executor, Folders folders, ILogger<Compressor> log) : BackgroundService
{
    static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(200);

    public int Done => Volatile.Read(ref _done);

    int _done;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // As many as keep all workers busy: what is not begun stays where it is.
        using var places = new SemaphoreSlim(2 * executor.Workers);
        var begun = new Dictionary<string, Task>();
        try
        {
            while (true)
            {
                foreach (var file in Directory.EnumerateFiles(folders.In).Where(file => !begun.ContainsKey(file)).Order(StringComparer.Ordinal))
                {
                    await places.WaitAsync(stoppingToken);
                    begun[file] = CompressAsync(file, places);
                }
                await Task.Delay(s_lookEvery, stoppingToken);
                foreach (var (file, task) in begun)
                    if (task.IsCompleted && !File.Exists(file)) begun.Remove(file);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogInformation("Stopping: {Count} files are being compressed and will be finished", begun.Values.Count(task => !task.IsCompleted));
        }
        await Task.WhenAll(begun.Values);
    }

    async Task CompressAsync(string file, SemaphoreSlim places)
    {
        try
        {
            var packed = await executor.With(retries: 2, label: Path.GetFileName(file)).ApplyAsync(Compression.Brotli, await File.ReadAllBytesAsync(file));
            var target = Path.Combine(folders.Out, Path.GetFileName(file) + ".br");
            // Nobody sees half a file.
            await File.WriteAllBytesAsync(target + ".part", packed);
            File.Move(target + ".part", target, overwrite: true);
            File.Delete(file);
            Interlocked.Increment(ref _done);
        }
        catch (Exception e)
        {
            log.LogError(e, "{File} stays where it is", file);
        }
        finally
        {
            places.Release();
        }
    }
}

/// <summary>Where files come from and go to.</summary>
sealed record Folders(string In, string Out);
