using System.Diagnostics;

namespace Qualm.Engine.Serving;

/// <summary>One turn under observation.</summary>
/// <param name="Inputs">How many there are.</param>
/// <param name="Started">Time stamp.</param>
/// <param name="Turn">Null where nobody traces it.</param>
/// <param name="Commit">Null before it commits, and where nobody traces it.</param>
internal readonly record struct TurnSpan(int Inputs, long Started, Activity? Turn, Activity? Commit);
