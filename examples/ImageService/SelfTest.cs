using System.Diagnostics;
using ActorParallel;
using Microsoft.Extensions.Options;
using StbImageSharp;

namespace Examples;

/// <summary>The service answers requests of its own and says how it went.</summary>
static class SelfTest
{
    public static async Task<int> RunAsync(WebApplication app, int requests, CancellationToken cancel)
    {
        await app.StartAsync(cancel);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await ReadyAsync(http, cancel);

        var start = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(i => PostAsync(http, Picture(640 + i, 480), 160, cancel)));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (var (status, bytes) in answers)
        {
            if (status != 200) throw new InputException($"A picture was answered with {status}.");
            var image = ImageResult.FromMemory(bytes);
            if (image.Width != 160 || image.Height is < 90 or > 120) throw new InputException($"A thumbnail is {image.Width} x {image.Height}.");
        }
        var place = app.Services.GetRequiredService<IOptions<ActorParallelOptions>>().Value.RunOn ?? ParallelPlace.Threads;
        Console.WriteLine($"{requests} thumbnails on {place.ToString().ToLowerInvariant()} in {seconds:0.00} s");

        var (refused, _) = await PostAsync(http, "no picture"u8.ToArray(), 160, cancel);
        Console.WriteLine($"what is no picture is refused: {refused}");
        Console.WriteLine($"health: {await http.GetStringAsync(new Uri("/health", UriKind.Relative), cancel)}");
        await app.StopAsync(cancel);
        return refused == 400 ? 0 : 1;
    }

    /// <summary>As a load balancer would: a cluster may have to be found first, processes have to start.</summary>
    static async Task ReadyAsync(HttpClient http, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var health = await http.GetAsync(new Uri("/health", UriKind.Relative), cancel);
            if (health.IsSuccessStatusCode) return;
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromMinutes(1)) throw new InputException($"After a minute the service is still {await health.Content.ReadAsStringAsync(cancel)}.");
            await Task.Delay(100, cancel);
        }
    }

    static async Task<(int Status, byte[] Bytes)> PostAsync(HttpClient http, byte[] image, int width, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(image);
        using var answer = await http.PostAsync(new Uri($"/thumbnail?width={width}", UriKind.Relative), content, cancel);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancel));
    }

    /// <summary>Colours that run into each other.</summary>
    static byte[] Picture(int width, int height)
    {
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < width * height; i++)
        {
            var (x, y) = (i % width, i / width);
            (pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2], pixels[4 * i + 3]) = ((byte)(x * 255 / width), (byte)(y * 255 / height), (byte)(x ^ y), 255);
        }
        return Thumbnail.Png(pixels, width, height);
    }
}
