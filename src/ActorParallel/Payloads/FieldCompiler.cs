using System.Reflection;
using System.Reflection.Emit;

namespace ActorParallel.Payloads;

/// <summary>Emits straight-line code that writes or reads a type's fields, private and read-only ones too.</summary>
internal static class FieldCompiler
{
    public delegate void WriteObject(PayloadWriter writer, object value);

    public delegate void ReadObject(ref PayloadReader reader, object value);

    public delegate void WriteStruct<T>(PayloadWriter writer, ref T value);

    public delegate void ReadStruct<T>(ref PayloadReader reader, ref T value);

    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly MethodInfo s_at = typeof(PayloadWriter).GetMethod(nameof(PayloadWriter.At), Any)!;
    private static readonly MethodInfo s_write = typeof(PayloadWriter).GetMethod(nameof(PayloadWriter.Write), Any)!;
    private static readonly MethodInfo s_read = typeof(PayloadReader).GetMethod(nameof(PayloadReader.ReadNested), Any)!;

    public static TDelegate Writer<TDelegate>(Type type, Type parameter, FieldInfo[] fields) where TDelegate : Delegate
    {
        var method = new DynamicMethod("Write" + type.Name, typeof(void), [typeof(PayloadWriter), parameter], type, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        for (int i = 0; i < fields.Length; i++)
        {
            Type fieldType = fields[i].FieldType;
            if (!fieldType.IsPrimitive && fieldType != typeof(string))
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldc_I4, i);
                il.Emit(OpCodes.Call, s_at);
            }

            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldfld, fields[i]);
            il.Emit(OpCodes.Call, DirectWrite(fieldType) ?? s_write.MakeGenericMethod(fieldType));
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<TDelegate>();
    }

    public static TDelegate Reader<TDelegate>(Type type, Type parameter, FieldInfo[] fields) where TDelegate : Delegate
    {
        var method = new DynamicMethod(
            "Read" + type.Name, typeof(void), [typeof(PayloadReader).MakeByRefType(), parameter], type, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        foreach (FieldInfo field in fields)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Call, DirectRead(field.FieldType) ?? s_read.MakeGenericMethod(field.FieldType));
            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<TDelegate>();
    }

    // The same calls the codecs of these types make, without the codec.
    private static MethodInfo? DirectWrite(Type type) =>
        type == typeof(int) ? Method(typeof(PayloadWriter), nameof(PayloadWriter.WriteInt32))
        : type == typeof(long) ? Method(typeof(PayloadWriter), nameof(PayloadWriter.WriteInt64))
        : type == typeof(string) ? Method(typeof(PayloadWriter), nameof(PayloadWriter.WriteString))
        : type == typeof(bool) ? Method(typeof(PayloadWriter), nameof(PayloadWriter.WriteBool))
        : null;

    private static MethodInfo? DirectRead(Type type) =>
        type == typeof(int) ? Method(typeof(PayloadReader), nameof(PayloadReader.ReadInt32))
        : type == typeof(long) ? Method(typeof(PayloadReader), nameof(PayloadReader.ReadInt64))
        : type == typeof(string) ? Method(typeof(PayloadReader), nameof(PayloadReader.ReadString))
        : type == typeof(bool) ? Method(typeof(PayloadReader), nameof(PayloadReader.ReadBool))
        : null;

    private static MethodInfo Method(Type type, string name) => type.GetMethod(name, Any)!;
}
