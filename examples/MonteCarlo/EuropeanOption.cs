namespace Examples;

/// <summary>An option that pays at expiry: max(price - strike, 0) for a call, max(strike - price, 0) for a put.</summary>
record struct EuropeanOption(bool Put, double Spot, double Strike, double Rate, double Volatility, double Years)
{
    /// <summary>The closed form: Black and Scholes, "The Pricing of Options and Corporate Liabilities", J. Political Economy 81 (1973).</summary>
    public readonly double BlackScholes()
    {
        var deviation = Volatility * Math.Sqrt(Years);
        var d1 = (Math.Log(Spot / Strike) + (Rate + Volatility * Volatility / 2) * Years) / deviation;
        var side = Put ? -1 : 1;
        return side * (Spot * NormalBelow(side * d1) - Strike * Math.Exp(-Rate * Years) * NormalBelow(side * (d1 - deviation)));
    }

    /// <summary>The normal distribution function, by the series of Marsaglia, "Evaluating the Normal Distribution", J. Stat. Software 11 (2004).</summary>
    public static double NormalBelow(double x)
    {
        if (x < -8) return 0;
        if (x > 8) return 1;
        var (sum, term, before) = (x, x, 0.0);
        for (var i = 3; sum != before; i += 2)
        {
            before = sum;
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
    }
}
