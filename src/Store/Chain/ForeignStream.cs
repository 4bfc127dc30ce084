using Qualm.Model;

namespace Qualm.Store.Chain;

/// <summary>Events of one stream that another application has appended.</summary>
public readonly record struct ForeignStream(long Count, Position First);
