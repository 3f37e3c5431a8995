namespace ActorParallel.Tests.Functions;

delegate void Custom(ref int x, out string y);

sealed class In<T>
{
    public static readonly Func<T, string> FromStaticConstructor;

    static In()
    {
        string name = typeof(T).Name;
        FromStaticConstructor = _ => name;
    }

    public static Func<string> Lambda<U>(U value) => () => $"{typeof(T).Name} {value}";

    public static Func<string> Lambda<U>(U value, string unused)
    {
        Func<string> other = () => unused;
        return () => other is null ? unused : $"{typeof(T).Name} {value} {typeof(U).Name}";
    }

    public static string Names<U>() => $"{typeof(T).Name} {typeof(U).Name}";

    public sealed class Inner<U>
    {
        public string Name() => typeof(T).Name;
    }
}

sealed record Person(string Name, int Age)
{
    public int Next() => Age + 1;
}

readonly struct Point(double x, double y)
{
    public double X { get; } = x;
    public double Y { get; } = y;
    public double SquaredLength() => X * X + Y * Y;
}

class Base
{
    public virtual string Name() => "base";
}

sealed class Derived : Base
{
    public override string Name() => "derived";
    public Func<string> BaseName() => base.Name;
}

interface IGreeter
{
    string Hello => "hello";
    string Greet(string name) => $"{Hello} {name}";
}

sealed class Greeter : IGreeter;

sealed class Primary(int parameter, string unused)
{
    public Func<int, int> Function => x => x + parameter;
    public Func<int, int> Initialized { get; } = x => x * 2;
    public Func<int> FromConstructor { get; } = Make(parameter, unused);
    static Func<int> Make(int value, string unused) => unused.Length == 1 ? () => value * value : () => unused.Length;
}

static class Extensions
{
    public static string Shout(this string text) => text.ToUpperInvariant() + "!";
    public static string OrNull(this string? text) => text ?? "null";

    extension(string text)
    {
        public Func<string> Repeated(int times) => () => string.Concat(Enumerable.Repeat(text, times));
    }
}
