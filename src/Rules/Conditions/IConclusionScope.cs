using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>What one rule may ask of others.</summary>
public interface IConclusionScope
{
    /// <summary>Looks the name of a call up.</summary>
    /// <param name="span">Of the name, for the fault.</param>
    /// <param name="fault">Why there is none; null when there is one.</param>
    ConclusionUse? Find(string name, bool isAlert, CelSpan span, out CelDiagnostic? fault);
}
