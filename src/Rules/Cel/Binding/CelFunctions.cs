namespace Qualm.Rules.Cel;

/// <summary>A function of one argument: its result, or the reason why there is none.</summary>
internal delegate CelError? CelFunction1(CelValue a, out CelValue result);

/// <summary>A function of two arguments.</summary>
internal delegate CelError? CelFunction2(CelValue a, CelValue b, out CelValue result);

/// <summary>A function of three or four arguments; the last is null when it is not given.</summary>
internal delegate CelError? CelFunction4(CelValue a, CelValue b, CelValue c, CelValue d, out CelValue result);
