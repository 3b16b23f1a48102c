import Scenario
import Statistics

// Tags: the engine's, and the scenario's own.
extension EngineThread {
    /// All tags of a sample that is about a request: `load`, `request`, `group`, `phase`, and the own ones of the request, the load and
    /// the scenario, of which the first that names a tag counts.
    func tags(
        _ user: UnsafeMutablePointer<VirtualUser>,
        request: String,
        group: String,
        own: [TagTemplate]
    ) -> Tags {
        var tags = shared.tags(ofLoad: user.pointee.load)
        var variable = tagSets[user.pointee.tagSet][...]
        for tag in own { tags[tag.name] = tag.value.literal ?? variable.popFirst() }
        tags["request"] = request
        if !group.isEmpty { tags["group"] = group }
        tags["phase"] = "\(user.pointee.phase.name)"
        return Tags(tags)
    }

    /// Renders the tags that vary: a place in ``tagSets``, 0 where there are none.
    func tagSet(_ tags: [TagTemplate], _ context: inout UserContext) -> Int {
        guard !tags.isEmpty else { return 0 }
        return tagSets.place(tags.map { String($0.value.text(&context).prefix(64)) }, shared.tagLimit)
    }

    /// k6's `group_duration`; a user who is released from a barrier entered the group then.
    func recordGroup(_ user: Int, _ name: String, _ startSlot: Int) {
        let pointer = users[user]
        let entered = UInt64(pointer.pointee.slots[startSlot].integer ?? 0)
        var tags = shared.tags(ofLoad: pointer.pointee.load)
        tags["group"] = name
        tags["phase"] = "\(shared.phase.name)"
        let elapsed = microseconds(from: max(entered, pointer.pointee.iterationStartedAt), to: monotonicNow())
        table.record(table.trend(.groupDuration, Tags(tags)), microseconds: elapsed)
    }
}
