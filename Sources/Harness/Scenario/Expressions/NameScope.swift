/// The names that the expressions of a flow may use, and what they did use, for the checks that follow.
final class NameScope {
    /// A place in the file, for a later diagnostic.
    struct Use {
        let position: SourcePosition
        let path: String
    }

    /// What may not be the name of a variable or an event.
    static let reserved: Set<String> = Set(
        Expression.BuiltIn.allCases.map(\.rawValue) + Expression.SeatPick.allCases.map(\.rawValue)
            + ["random", "adjacent", "number", "and", "or", "not", "in", "true", "false", "null"]
    )

    let events: [EventTemplate]
    let data: [DataFeeder]
    private(set) var slots: [String]
    /// First read of each slot.
    private(set) var reads: [Int: Use] = [:]
    /// First use of `wave`.
    private(set) var waveUse: Use?
    /// Events of which the copy is chosen by the wave, with the first such use.
    private(set) var eventsByWave: [Int: Use] = [:]
    /// First use of each feeder.
    private(set) var dataUses: [Int: Use] = [:]
    /// Where the expression that is being read stands.
    var current = Use(position: SourcePosition(line: 1, column: 1), path: "")

    init(events: [EventTemplate], data: [DataFeeder] = [], slots: [String]) {
        self.events = events
        self.data = data
        self.slots = slots
    }

    func slot(_ name: String) -> Int? {
        guard let index = slots.firstIndex(of: name) else { return nil }
        if reads[index] == nil { reads[index] = current }
        return index
    }

    /// The slot of a variable that is being set; nothing is noted.
    func slotForWriting(_ name: String) -> Int? {
        slots.firstIndex(of: name)
    }

    func useWave() {
        if waveUse == nil { waveUse = current }
    }

    func useEventByWave(_ template: Int) {
        if eventsByWave[template] == nil { eventsByWave[template] = current }
    }

    /// A slot that no expression can name.
    func addHidden(_ word: String) -> Int {
        slots.append("\(word)#\(slots.count)")
        return slots.count - 1
    }

    func event(_ name: String) -> Int? {
        events.firstIndex { $0.name == name }
    }

    /// The place of a feeder; that it is used is noted.
    func feeder(_ name: String) -> Int? {
        guard let index = data.firstIndex(where: { $0.name == name }) else { return nil }
        if dataUses[index] == nil { dataUses[index] = current }
        return index
    }

    /// What a misspelt name may have been.
    var candidates: [String] {
        slots.filter { !$0.contains("#") } + events.map(\.name) + data.map(\.name) + Self.reserved.sorted()
    }
}
