using ActorParallel;

namespace Examples;

/// <summary>Engines by name: which, their code, their values.</summary>
static class DirectViews
{
    public static void Run(ParallelClient client)
    {
        Show.Section("Direct views: engines by their ids");
        EngineView first = client[0];                                   // e0 = rc[0]
        DirectView even = client[..].Every(2);                          // even = rc[::2]
        DirectView all = client.DirectView();                           // dview = rc[:]      (here: looked up again at each call)
        Show.Value(first.Id);                                           // e0.targets
        Show.Value(even.Targets);                                       // even.targets
        Show.Value(all.Targets);                                        // dview.targets

        Show.Section("Execute, push and pull: code and values of each engine");
        all.Execute("int a = 1;");                                      // dview.execute('a = 1', block=True)
        Show.Value(all.Pull<int>("a"));                                 // dview.pull('a', block=True)
        Show.Value(first.Pull<int>("a"));                               // e0.pull('a', block=True)      one engine: a value
        all["a"] = 5;                                                   // dview['a'] = 5
        Show.Value(all["a"]);                                           // dview['a']
        all.Push(new { b = 2.5, name = "engine" });                     // dview.push(dict(b=2.5, name='engine'), block=True)
        even.Execute("a = 100;");                                       // even.execute('a = 100', block=True)
        Show.Value(all.Pull<int>("a"));                                 // dview['a']
        all.Execute("double Scaled(int n) => n * b;");                  // dview.execute('def scaled(n): return n * b')
        Show.Value(all.Evaluate<double>("Scaled(a)"));                  // dview.execute('c = scaled(a)'); dview['c']
        Show.Value(first.Evaluate<string>("$\"{name} {a + 1}\""));      // e0.execute('t = f\"{name} {a + 1}\"'); e0['t']

        Show.Section("Scatter and gather: a sequence cut over the engines");
        int[] x = [.. Enumerable.Range(0, 16)];                         // x = list(range(16))
        all.Scatter("x", x);                                            // dview.scatter('x', x, block=True)
        Show.Value(first.Pull<int[]>("x"));                             // e0['x']
        all.Execute("int[] y = x.Select(v => v * v).ToArray();");       // dview.execute('y = [v * v for v in x]')
        Show.Value(all.Gather<int>("y"));                               // dview.gather('y', block=True)
        all.Scatter("turns", x, Distribution.RoundRobin);               // (dist='r' "currently does not work!" in Python)
        Show.Value(first.Pull<int[]>("turns"));
        Show.Value(all.Gather<int>("turns", Distribution.RoundRobin));
    }
}
