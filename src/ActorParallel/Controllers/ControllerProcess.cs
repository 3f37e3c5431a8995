using System.Text;
using System.Text.Json;
using ActorParallel.History;
using ActorParallel.Processes;
using ActorParallel.Profiles;
using Akka.Configuration;

namespace ActorParallel.Controllers;

/// <summary>The entry point of a controller's process that a cluster's owner started.</summary>
internal static class ControllerProcess
{
    public const string Role = "cluster-controller";

    /// <summary>What it writes to standard output when engines and clients can come.</summary>
    public const string Ready = "The controller is ready: ";

    /// <summary>What it is handed: the profile, and the configuration above the profile's.</summary>
    public static byte[] HandOver(string profile, string? home, string config) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new string?[] { profile, home, config }));

    public static int Run(int parentId, Func<string, int, IHistoryStore> makeHistory)
    {
        var link = ParentLink.Open(parentId);
        _ = ParentLink.IgnoreInterrupt();
        var handOver = JsonSerializer.Deserialize<string?[]>(link.Receive())!;
        link.Watch();
        try
        {
            var profile = Profile.OpenOrCreate(handOver[0]!, handOver[1]);
            var config = ConfigurationFactory.ParseString(handOver[2] ?? "").WithFallback(ProfileConfig.Load(profile));
            Serve(ClusterController.Start(profile, config, makeHistory)).GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception e) when (e is ClusterConnectionException or ConfigurationException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    static async Task Serve(ClusterController controller)
    {
        await using (controller.ConfigureAwait(false))
        {
            Console.WriteLine(Ready + controller.Connection);
            await Console.Out.FlushAsync().ConfigureAwait(false);
            try
            {
                await controller.Ended.ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it was, the process ends with it, and its owner starts another.
            catch (Exception e)
            {
                throw new IOException($"The controller failed and ends: {e}", e);
            }
#pragma warning restore CA1031
        }
    }
}
