using Qualm.Store.Chain;

namespace Qualm.Engine.Verifying;

/// <summary>Who is told what a verification finds.</summary>
internal interface IVerificationOutput
{
    /// <summary>Something is wrong.</summary>
    void Found(Finding finding);

    /// <summary>All was checked.</summary>
    void End(VerificationReport report);
}
