using System.Globalization;
using System.Numerics;

namespace Examples;

/// <summary>The sum of neighbouring terms as a fraction T/(B Q), and what merging needs.</summary>
record Part(BigInteger P, BigInteger Q, BigInteger T);

/// <summary>
/// The series of D. and G. Chudnovsky, "Approximations and complex multiplication according to Ramanujan" (1988), summed by binary splitting:
/// Haible, Papanikolaou, "Fast multiprecision evaluation of series of rational numbers" (1998).
/// </summary>
static class Chudnovsky
{
    const int A = 13591409, B = 545140134;
    const long C3Over24 = 640320L * 640320 * 640320 / 24;
    const double DigitsPerTerm = 14.181647462725477;
    const int Guard = 10;

    public static int TermsFor(int digits) => (int)((digits + Guard) / DigitsPerTerm) + 1;

    /// <summary>The terms from one to before another.</summary>
    public static Part Sum((int From, int To) terms)
    {
        var (from, to) = terms;
        if (to - from > 1)
        {
            var middle = from + (to - from) / 2;
            return Merge(Sum((from, middle)), Sum((middle, to)));
        }
        if (from == 0) return new(1, 1, A);
        var p = (BigInteger)(6L * from - 5) * (2L * from - 1) * (6L * from - 1);
        var q = BigInteger.Pow(from, 3) * C3Over24;
        var t = p * (A + (BigInteger)B * from);
        return new(p, q, from % 2 == 0 ? t : -t);
    }

    /// <summary>One or two neighbours.</summary>
    public static Part Merge(Part[] parts) => parts.Length == 1 ? parts[0] : Merge(parts[0], parts[1]);

    static Part Merge(Part left, Part right) => new(left.P * right.P, left.Q * right.Q, left.T * right.Q + left.P * right.T);

    /// <summary>pi = Q 426880 √10005 / T: the digits without the point.</summary>
    public static string Digits(Part sum, int digits)
    {
        var one = BigInteger.Pow(10, digits + Guard);
        var pi = sum.Q * 426880 * SquareRoot(10005 * one * one) / sum.T;
        return (pi / BigInteger.Pow(10, Guard)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The integer root by Newton's iteration, from above; the root of the upper half of the bits is where it starts.</summary>
    static BigInteger SquareRoot(BigInteger n)
    {
        var bits = (long)n.GetBitLength();
        if (bits <= 100) return Steps(n, BigInteger.One << (int)((bits + 1) / 2));
        var half = (int)(bits / 4);
        return Steps(n, (SquareRoot(n >> (2 * half)) + 1) << half);
    }

    static BigInteger Steps(BigInteger n, BigInteger x)
    {
        while (true)
        {
            var next = (x + n / x) >> 1;
            if (next >= x) return x;
            x = next;
        }
    }
}
