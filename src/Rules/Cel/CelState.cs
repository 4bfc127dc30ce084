namespace Qualm.Rules.Cel;

/// <summary>What one evaluation changes as it goes on.</summary>
internal struct CelState
{
    /// <summary>Steps that loops and built texts may take together; far above any sensible rule.</summary>
    public const int MaxSteps = 2_000_000;

    /// <summary>Set by whoever fails; every node looks at it after asking a child, and returns at once.</summary>
    public CelError? Error;

    /// <summary>Variables of the macros around, by depth; null when there are none.</summary>
    public CelValue[]? Locals;

    private int _steps;

    public readonly bool Failed => Error is not null;

    /// <summary>Whether the steps are used up. That error is nobody's to absorb.</summary>
    public readonly bool IsSpent => _steps is < 0 or > MaxSteps;

    /// <summary>Counts work that grows with values, so that a hostile expression ends.</summary>
    /// <returns>False, with the error set, when it was too much.</returns>
    public bool Spend(int steps)
    {
        _steps += Math.Max(0, steps);
        if (_steps is >= 0 and <= MaxSteps) return true;
        Error ??= CelError.OverBudget;
        return false;
    }
}
