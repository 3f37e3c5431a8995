using ActorParallel;

namespace Examples;

// Python:  "can't pickle local object"; here the answer comes before the call, with the variable's name.
static class ShippingPrograms
{
    public static void Run()
    {
        Show.Section("What would travel with a function to another process: Shipping.Explain");
        int factor = 3;
        double[] table = [1, 2, 3];
        Console.WriteLine(Shipping.Explain((int x) => x * factor + table[x]));
        Console.WriteLine();

        using var file = new MemoryStream([1, 2, 3]);
        Console.WriteLine(Shipping.Explain((int x) => x + file.Length));
    }
}
