namespace Examples;

/// <summary>The command line is wrong: exit code 2.</summary>
sealed class UsageException(string message) : Exception(message);

/// <summary>The input is wrong: exit code 1.</summary>
sealed class InputException(string message) : Exception(message);

/// <summary>What every example does at its edges: help, Ctrl-C, one sentence for what went wrong, and the exit code.</summary>
static class Example
{
    public static async Task<int> RunAsync(string[] args, string usage, string[] options, Func<Arguments, CancellationToken, Task<int>> program)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(usage);
            return 0;
        }

        using var cancel = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            // The first Ctrl-C cancels what is outstanding; the second is left alone and ends the program.
            e.Cancel = !cancel.IsCancellationRequested;
            cancel.Cancel();
        };
        try
        {
            return await program(new Arguments(args, options), cancel.Token);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            Console.Error.WriteLine("Cancelled.");
            return 130;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"{e.Message} Try --help.");
            return 2;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
