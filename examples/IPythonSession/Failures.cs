using ActorParallel;

namespace Examples;

/// <summary>Errors of several engines at once, each as itself.</summary>
static class Failures
{
    public static async Task RunAsync(ParallelClient client)
    {
        Show.Section("Errors of several engines");
        DirectView all = client.DirectView();
        try
        {
            // try: dview.apply_sync(f)
            // except ipp.CompositeError as e: e.print_traceback()
            all.Apply(() => TaskContext.Current!.EngineId % 2 == 0 ? 1 : throw new FormatException($"engine {TaskContext.Current.EngineId} can't read this"));
        }
        catch (EnginesException e)
        {
            foreach (var (id, error) in e.Errors) Show.Line($"e.Errors[{id}]", $"{error.GetType().Name}: {error.Message}");
        }

        try
        {
            all.Execute("int total = 1;\nint wrong = totl + 1;");       // dview.execute('wrong = totl + 1', block=True)
        }
        catch (EnginesException e)
        {
            Show.Line("all.Execute(\"…int wrong = totl + 1;\")", $"{e.Errors.Count} engines: {e.Errors[client.Ids[0]].Message.ReplaceLineEndings(" ")}");
        }

        try
        {
            Show.Value(client[0].Pull<int>("never_set"));               // e0['never_set']
        }
        catch (KeyNotFoundException e)
        {
            Show.Line("client[0].Pull<int>(\"never_set\")", e.Message);
        }

        try
        {
            _ = await client[99].ApplyAsync(() => 1);                   // rc[99]
        }
        catch (ArgumentException e)
        {
            Show.Line("client[99].ApplyAsync(() => 1)", e.Message);
        }
    }
}
