/// The rendezvous of all flows, by name: flows that name the same one meet there.
final class RendezvousRegistry {
    private(set) var all: [RendezvousSpec] = []

    /// The place of the rendezvous; it must be the same wherever it is named.
    func add(_ spec: RendezvousSpec, _ path: String, _ context: ReadingContext) -> Int {
        guard let place = all.firstIndex(where: { $0.name == spec.name }) else {
            all.append(spec)
            return all.count - 1
        }
        if all[place].users != spec.users || all[place].within != spec.within {
            context.add(
                spec.position,
                path,
                "rendezvous `\(spec.name)` is already on line \(all[place].position.line),"
                    + " with other values for users or within; those who meet there must agree"
            )
        }
        return place
    }
}

/// Reads `rendezvous:`.
enum RendezvousReader {
    static func read(_ reader: NodeReader, into registry: RendezvousRegistry) -> Step.Kind? {
        guard let fields = reader.mapping("{ name: doors, users: 100, within: 10s }") else { return nil }
        let given = fields.required("name")
        let name = given?.string("the rendezvous' name")
        let users = fields.required("users")?.integer(2...LoadReader.maximumUsers)
        let within = fields.required("within")?.duration(from: .milliseconds(1))
        fields.finish()
        guard let given, let name, let users, let within else { return nil }
        Name.check(name, "a rendezvous", at: given.position, path: given.path, in: reader.context)
        let spec = RendezvousSpec(name: name, users: users, within: within, position: given.position)
        return .rendezvous(registry.add(spec, reader.path, reader.context))
    }

    /// Notes a rendezvous for which the loads have too few users: everybody would wait there in vain.
    static func check(_ all: [RendezvousSpec], _ flows: [Flow], _ loads: [LoadSpec], _ context: ReadingContext) {
        for (index, spec) in all.enumerated() {
            let coming = loads.filter { flows[$0.flow].program.contains(.rendezvous(index)) }
            let users = coming.reduce(0) { $0 + $1.usersInAll }
            guard users > 0, users < spec.users else { continue }
            context.add(
                spec.position,
                "rendezvous \(spec.name)",
                "\(spec.users) users are to meet, and the loads that come here have \(users)"
            )
        }
    }
}
