namespace Qualm.Projections;

/// <summary>What an ACPI <c>_OST</c> report says of an ejection (ACPI 6.5, section 6.3.5).</summary>
internal static class OstRefusal
{
    private const long EjectionRequest = 3;
    private const long EjectionProcessing = 0x103;

    /// <summary>Why the guest did not give the device back; null when it did, still works on it, or was not asked.</summary>
    public static string? Of(long? source, long? status) => source is not (EjectionRequest or EjectionProcessing) ? null : status switch
    {
        1 => "ACPI _OST status 1: the guest failed to eject it",
        2 => "ACPI _OST status 2: the guest does not know the request",
        128 => "ACPI _OST status 128: the guest does not support ejecting it",
        129 => "ACPI _OST status 129: a guest application uses it",
        130 => "ACPI _OST status 130: the guest is busy with it",
        131 => "ACPI _OST status 131: the guest's ejection depends on another that is busy",
        _ => null,
    };
}
