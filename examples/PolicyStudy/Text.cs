/// <summary>How numbers are shown.</summary>
static class Text
{
    public static string Of(double value) => value switch
    {
        < 10 => $"{value:0.00}",
        < 100 => $"{value:0.0}",
        _ => $"{value:#,0}",
    };

    public static string Of(Dispatch dispatch) => dispatch switch
    {
        Dispatch.Adaptive => "adaptive",
        Dispatch.SentAhead => "sent ahead",
        _ => "own queues",
    };

    public static string Percent(double share) => $"{share * 100:0.0}%";
}
