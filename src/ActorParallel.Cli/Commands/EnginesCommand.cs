using System.CommandLine;
using ActorParallel.Controllers;
using ActorParallel.Profiles;

namespace ActorParallel.Cli.Commands;

internal static class EnginesCommand
{
    static readonly TimeSpan s_leaving = TimeSpan.FromSeconds(15);

    public static Command Make(Shell shell) => new("engines", "Adds, removes, restarts or signals engines of a running cluster.")
    {
        Add(shell),
        Remove(shell),
        Restart(shell),
        Signal(shell),
    };

    static Command Add(Shell shell)
    {
        var count = new Argument<int>("N") { Description = "How many." };
        count.Validators.Add(result =>
        {
            if (result.Tokens is not [var token] || !EngineIds.TryNumber(token.Value, out var value) || value < 1) result.AddError("N must be a whole number from 1.");
        });
        var (profile, wait, json) = (Shell.Profile(), Shell.Seconds("--wait", 60, "The longest to wait for them."), Shell.Json());
        return Shell.Action(new Command("add", "Starts more engines, and waits until they are ready.") { count, profile, wait, json }, parsed =>
            WithClientAsync(shell, parsed.GetRequiredValue(profile), parsed.GetValue(json), async client =>
            {
                var before = client.Ids.Count;
                await client.CommandAsync(NannyCommand.Add, [parsed.GetValue(count)], shell.Token).ConfigureAwait(false);
                await client.WaitForEnginesAsync(before + parsed.GetValue(count), TimeSpan.FromSeconds(parsed.GetValue(wait)), shell.Token).ConfigureAwait(false);
                return $"{Words.Count(parsed.GetValue(count), "engine")} more: the cluster has {string.Join(", ", client.Ids)}.";
            }));
    }

    static Command Remove(Shell shell)
    {
        var (ids, profile, json) = (EngineIds.Argument(), Shell.Profile(), Shell.Json());
        return Shell.Action(new Command("remove", "Ends engines, and starts no others in their place. What they run runs elsewhere.") { ids, profile, json }, parsed =>
            WithClientAsync(shell, parsed.GetRequiredValue(profile), parsed.GetValue(json), async client =>
            {
                var chosen = EngineIds.Choose(parsed.GetRequiredValue(ids), client.Ids);
                await client.CommandAsync(NannyCommand.Remove, chosen, shell.Token).ConfigureAwait(false);
                await Until.TrueAsync(() => !client.Ids.Intersect(chosen).Any(), s_leaving, shell.Token).ConfigureAwait(false);
                return $"{EngineIds.Name(chosen)} ended: the cluster has {(client.Ids.Count == 0 ? "no engines" : string.Join(", ", client.Ids))}.";
            }));
    }

    static Command Restart(Shell shell)
    {
        var (ids, profile, wait, json) = (EngineIds.Argument(), Shell.Profile(), Shell.Seconds("--wait", 60, "The longest to wait for them."), Shell.Json());
        return Shell.Action(new Command("restart", "Ends engines, with what they hold, and starts them again with the same ids. What they run runs elsewhere.") { ids, profile, wait, json }, parsed =>
            WithClientAsync(shell, parsed.GetRequiredValue(profile), parsed.GetValue(json), async client =>
            {
                var chosen = EngineIds.Choose(parsed.GetRequiredValue(ids), client.Ids);
                var before = client.Engines.ToDictionary(e => e.Id, e => e.ProcessId);
                await client.CommandAsync(NannyCommand.Restart, chosen, shell.Token).ConfigureAwait(false);
                var longest = TimeSpan.FromSeconds(parsed.GetValue(wait));
                bool Back() => chosen.All(id => client.Engines.Any(e => e.Id == id && e.ProcessId != before[id]));
                return await Until.TrueAsync(Back, longest, shell.Token).ConfigureAwait(false)
                    ? $"{EngineIds.Name(chosen)} started again."
                    : throw new TimeoutException($"{EngineIds.Name(chosen)} did not come back within {longest.TotalSeconds:0.#} s: look at the logs with 'apcluster logs'.");
            }));
    }

    static Command Signal(Shell shell)
    {
        var signal = new Argument<string>("SIG") { Description = "The signal: a name such as INT or SIGUSR1, or a number." };
        signal.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Signals.Find(token.Value) is null) result.AddError($"There is no signal '{token.Value}': give a number from 1 to 64, or one of {string.Join(", ", Signals.Names)}");
        });
        var (ids, profile, json) = (EngineIds.Argument(), Shell.Profile(), Shell.Json());
        return Shell.Action(new Command("signal", "Sends a signal to engines.") { signal, ids, profile, json }, parsed =>
            WithClientAsync(shell, parsed.GetRequiredValue(profile), parsed.GetValue(json), async client =>
            {
                var chosen = EngineIds.Choose(parsed.GetRequiredValue(ids), client.Ids);
                var number = Signals.Find(parsed.GetRequiredValue(signal))!.Value;
                await client.CommandAsync(NannyCommand.Signal, [number, .. chosen], shell.Token).ConfigureAwait(false);
                return $"Signal {number} was sent to {EngineIds.Name(chosen, capital: false)}.";
            }));
    }

    static async Task<int> WithClientAsync(Shell shell, string profile, bool json, Func<ParallelClient, Task<string>> run)
    {
        var client = await ParallelClient.ConnectAsync(profile, cancellationToken: shell.Token).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var done = await run(client).ConfigureAwait(false);
            if (json) shell.Terminal.Json(new { Engines = client.Engines.Select(e => EngineDocument.Of(e, null)) });
            else shell.Terminal.Line(done);
            return ExitCodes.Ok;
        }
    }
}
