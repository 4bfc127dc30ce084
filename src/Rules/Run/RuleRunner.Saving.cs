namespace Qualm.Rules.Run;

// All that a rule remembers between two inputs. Where it counts for what is decided, or for when something stale is let go,
// things keep their places: what goes on from here does so in the same steps.
internal abstract partial class RuleRunner
{
    public void Save(StateSaver to)
    {
        to.Mark(Index);
        to.Write(_matches);
        to.Write(Errors);
        to.Write(Value);
        to.Write(_lastEdge.Slot);
        to.Write(_lastEdge.Position);
        to.Write(_lastEdge.Schema);
        _enders.Save(to);
        to.Write(_partialRoom);
        to.Write(_partialEnders.Count);
        foreach (var (key, word) in _partialEnders.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            to.Write(key);
            to.Write(word);
        }

        to.Write(_episodes.Count);
        foreach (var episode in _episodes)
        {
            to.Write(episode is not null);
            if (episode is not null) SavedEpisode.Write(to, episode);
        }

        to.Writer.WriteAll<int>([.. _freeEpisodes.Reverse()]);
        to.Writer.WriteAll<Over>([.. _over]);
        to.Writer.WriteAll<int>(_openSlots.ToArray());
        SaveOperator(to);
        _state.Save(to);
    }

    /// <summary>Takes up what the same rule wrote down; the runner must be new, and have its place.</summary>
    public void Load(StateLoader from)
    {
        from.Mark(Index);
        (_matches, Errors, Value, _lastEdge) = (from.Long(), from.Long(), from.Long(), (from.Int(), from.Long(), from.Int()));
        _enders.Load(from);
        _partialRoom = from.Int();
        for (var left = from.Reader.ReadCount(); left > 0; left--)
        {
            var (key, word) = (from.SomeText(), from.Long());
            StateLoader.Check(_enders.IsList(word), "endings are in no list");
            _partialEnders[key] = word;
        }

        LoadEpisodes(from);
        var open = from.Reader.ReadAll<int>();
        LoadOperator(from);
        _state.Load(from, Keys, block => (ulong)block[EpisodeWord] < (ulong)_episodes.Count && _enders.IsList(block[EndersWord]) && IsSound(block));
        foreach (var slot in open)
        {
            StateLoader.Check(slot >= 0 && HasState(slot) && _episodes[(int)State(slot)[EpisodeWord]] is { IsOpen: true } episode && episode.Slot == slot, "an open episode is none");
            AddOpen(slot, _episodes[(int)State(slot)[EpisodeWord]]!);
        }
    }

    /// <summary>Writes down what the operator remembers beside the blocks of its keys.</summary>
    protected virtual void SaveOperator(StateSaver to)
    {
    }

    protected virtual void LoadOperator(StateLoader from)
    {
    }

    /// <summary>Whether what the operator's part of a block refers to may be there.</summary>
    protected virtual bool IsSound(long[] block) => true;

    private void LoadEpisodes(StateLoader from)
    {
        var count = from.Reader.ReadCount();
        StateLoader.Check(count > 0 && !from.Bool(), "there is an episode where none may be");
        for (var i = 1; i < count; i++)
        {
            var episode = from.Bool() ? SavedEpisode.Read(from, Rule.Name) : null;
            StateLoader.Check(episode is null || IsSound(episode), "an episode is not of its rule");
            _episodes.Add(episode);
        }

        foreach (var free in from.Reader.ReadAll<int>())
        {
            StateLoader.Check((uint)free < (uint)count && free > 0 && _episodes[free] is null, "the place of an episode is not free");
            _freeEpisodes.Push(free);
        }

        foreach (var over in from.Reader.ReadAll<Over>())
        {
            StateLoader.Check(Keys.HasSlot(over.Slot), "an episode that is over is of no key");
            _over.Enqueue(over);
        }
    }

    // One that is over may be of the rule as it was.
    private bool IsSound(Episode episode)
    {
        var alternatives = Rule.Resolve.Alternatives;
        if (!Keys.HasSlot(episode.Slot)) return false;
        if (!episode.IsOpen) return true;
        if (episode.Key.Length != Rule.KeyNames.Length || episode.Alternatives != alternatives.Length) return false;
        if (episode.Endings.Length > 0 && episode.Endings.Length != alternatives.Length) return false;
        for (var i = 0; i < episode.AsOpened.Length; i++)
        {
            if (episode.AsOpened[i] is { } opened && (i >= alternatives.Length || alternatives[i].When?.Members != opened.Length)) return false;
        }

        return true;
    }
}
