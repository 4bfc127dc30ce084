namespace Qualm.Ingest.Pipeline;

/// <summary>The pipeline's end of one queue. All but <see cref="Depth"/>, <see cref="TryMark"/> and <see cref="Close"/> is called by the drain alone.</summary>
internal interface IPort
{
    /// <summary>Items waiting.</summary>
    int Depth { get; }

    /// <summary>Claims the place in the drain's round. False when the port has it already.</summary>
    bool TryMark();

    void Unmark();

    /// <summary>Takes nothing more; writers that wait for room are told so. From any thread.</summary>
    void Close();

    /// <summary>Whether there is something to pass: an item, or the end.</summary>
    bool IsReady { get; }

    /// <summary>Passes up to <paramref name="quantum"/> items while the pipeline has room.</summary>
    /// <returns>How many.</returns>
    int Pass(int quantum, WindowQueue room);
}
