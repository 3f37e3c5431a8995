using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ActorParallel.History;

/// <summary>
/// Writes a query's parts as SQL with parameters. Every condition comes out as 0 or 1, never null, so that negation means what it means
/// in C#; comparisons stand free of functions, so that indexes serve them.
/// </summary>
internal sealed class SqlText(SqliteCommand command)
{
    readonly StringBuilder _sql = new();

    public SqlText Add(string sql)
    {
        _sql.Append(sql);
        return this;
    }

    public SqlText Add(HistoryValue value)
    {
        if (value.IsNull) return Add("NULL");
        var name = string.Create(CultureInfo.InvariantCulture, $"@p{command.Parameters.Count}");
        command.Parameters.AddWithValue(name, value.IsNumber ? value.Number : value.Text);
        return Add(name);
    }

    public SqlText Add(HistoryOperand operand)
    {
        if (operand.Field is not { } field) return Add(operand.Value);
        return operand.Value.IsNull ? Add(Column(field)) : Add("ifnull(").Add(Column(field)).Add(", ").Add(operand.Value).Add(")");
    }

    public SqlText Add(HistoryFilter filter)
    {
        switch (filter)
        {
            case HistoryFilter.Constant constant:
                return Add(constant.Value ? "1" : "0");
            case HistoryFilter.All { Parts: var parts }:
                return Join(parts, " AND ", "1");
            case HistoryFilter.Any { Parts: var parts }:
                return Join(parts, " OR ", "0");
            case HistoryFilter.Not not:
                return Add("NOT (").Add(not.Part).Add(")");
            case HistoryFilter.Compare compare:
                return Compare(compare);
            case HistoryFilter.OneOf oneOf:
                return OneOf(oneOf);
            case HistoryFilter.Text text:
                return Text(text);
            default:
                throw new InvalidDataException($"The history has no filter {filter.GetType().Name}.");
        }
    }

    /// <summary>A condition for what comes after a place, in an order.</summary>
    public SqlText AddAfter(HistoryCursor cursor, IReadOnlyList<HistoryOrder> order)
    {
        Add("(");
        for (var i = 0; i < order.Count; i++)
        {
            for (var j = 0; j < i; j++) Add(order[j].Key).Add(" IS ").Add(cursor.Keys[j]).Add(" AND ");
            After(order[i], cursor.Keys[i]).Add(" OR ");
        }
        for (var j = 0; j < order.Count; j++) Add(order[j].Key).Add(" IS ").Add(cursor.Keys[j]).Add(" AND ");
        return Add("(submitted, ordinal) > (").Add(new HistoryValue(cursor.SubmittedUtc)).Add(", ").Add(new HistoryValue(cursor.Ordinal)).Add("))");
    }

    public SqlText AddOrder(IReadOnlyList<HistoryOrder> order)
    {
        Add(" ORDER BY ");
        foreach (var key in order) Add(key.Key).Add(Collation(key)).Add(key.Descending ? " DESC, " : ", ");
        return Add("submitted, ordinal");
    }

    public override string ToString() => _sql.ToString();

    SqlText After(HistoryOrder order, HistoryValue value)
    {
        if (value.IsNull) return order.Descending ? Add("0") : Add(order.Key).Add(" IS NOT NULL");
        if (!order.Descending) return Add("ifnull(").Add(order.Key).Add(Collation(order)).Add(" > ").Add(value).Add(", 0)");
        return Add("ifnull(").Add(order.Key).Add(Collation(order)).Add(" < ").Add(value).Add(", 1)");
    }

    SqlText Join(IReadOnlyList<HistoryFilter> parts, string by, string none)
    {
        if (parts.Count == 0) return Add(none);
        for (var i = 0; i < parts.Count; i++) Add(i == 0 ? "(" : by + "(").Add(parts[i]).Add(")");
        return this;
    }

    SqlText Compare(HistoryFilter.Compare compare)
    {
        var (left, right) = (compare.Left, compare.Right);
        if (compare.Comparison == HistoryComparison.Equal) return Add(left).Add(" IS ").Add(right);
        if (compare.Comparison == HistoryComparison.NotEqual) return Add(left).Add(" IS NOT ").Add(right);
        if (left.CanBeNull) Add(left).Add(" IS NOT NULL AND ");
        if (right.CanBeNull) Add(right).Add(" IS NOT NULL AND ");
        return Add(left).Add(left.IsText ? $" COLLATE {HistorySchema.Ordinal}" : "").Add(compare.Comparison switch
        {
            HistoryComparison.Less => " < ",
            HistoryComparison.LessOrEqual => " <= ",
            HistoryComparison.Greater => " > ",
            _ => " >= ",
        }).Add(right);
    }

    SqlText OneOf(HistoryFilter.OneOf oneOf)
    {
        var hasNull = oneOf.Values.Any(v => v.IsNull);
        if (hasNull) Add(oneOf.Operand).Add(" IS NULL OR ");
        else if (oneOf.Operand.CanBeNull) Add(oneOf.Operand).Add(" IS NOT NULL AND ");
        Add("ifnull(", when: hasNull).Add(oneOf.Operand).Add(" IN (");
        var first = true;
        foreach (var value in oneOf.Values.Where(v => !v.IsNull))
        {
            Add(first ? "" : ", ").Add(value);
            first = false;
        }
        return Add(")").Add(", 0)", when: hasNull);
    }

    SqlText Text(HistoryFilter.Text text)
    {
        var (operand, part) = (text.Operand, text.Part);
        if (operand.CanBeNull) Add(operand).Add(" IS NOT NULL AND ");
        if (part.Length == 0) return Add("1");
        var characters = part.EnumerateRunes().Count().ToString(CultureInfo.InvariantCulture);
        return text.Match switch
        {
            HistoryTextMatch.Contains => Add("instr(").Add(operand).Add(", ").Add(new HistoryValue(part)).Add(") > 0"),
            HistoryTextMatch.StartsWith => Add("substr(").Add(operand).Add($", 1, {characters}) = ").Add(new HistoryValue(part)),
            _ => Add("substr(").Add(operand).Add($", -{characters}) = ").Add(new HistoryValue(part)),
        };
    }

    SqlText Add(string sql, bool when) => when ? Add(sql) : this;

    static string Collation(HistoryOrder order) => order.Key.IsText ? $" COLLATE {HistorySchema.Ordinal}" : "";

    static string Column(HistoryField field) => field switch
    {
        HistoryField.Id => "id",
        HistoryField.ClientId => "client",
        HistoryField.Label => "label",
        HistoryField.Function => "function",
        HistoryField.State => "state",
        HistoryField.Submitted => "submitted",
        HistoryField.Started => "started",
        HistoryField.Completed => "completed",
        HistoryField.EngineId => "engine",
        HistoryField.WorkerId => "worker",
        HistoryField.Attempts => "attempts",
        HistoryField.EngineLosses => "losses",
        HistoryField.RunTime => "run",
        HistoryField.QueueTime => "max(0, started - submitted)",
        HistoryField.ErrorType => "error_type",
        HistoryField.ErrorMessage => "error_message",
        HistoryField.Priority => "priority",
        HistoryField.ArgumentBytes => "argument_bytes",
        HistoryField.ResultBytes => "result_bytes",
        HistoryField.Output => "output",
        _ => throw new InvalidDataException($"The history has no member {(int)field}."),
    };
}
