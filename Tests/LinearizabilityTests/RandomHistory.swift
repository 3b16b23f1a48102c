import Linearizability

/// Small random histories, about half of them linearizable: short enough for brute force, crossed enough to be interesting.
enum RandomHistory {
    /// An interval, and whether the outcome is unknown.
    struct Span {
        var invoke: Int64
        var end: Int64
        var isUnknown: Bool

        init(_ random: inout Seeded, length: Int64 = 5) {
            invoke = .random(in: 0...12, using: &random)
            end = invoke + .random(in: 0...length, using: &random)
            isUnknown = Int.random(in: 0..<6, using: &random) == 0
        }
    }

    static func register(_ random: inout Seeded) -> [Call<RegisterModel.Operation>] {
        (0..<Int.random(in: 1...6, using: &random)).map { place in
            let span = Span(&random)
            let (a, b) = (Int32.random(in: 0...2, using: &random), Int32.random(in: 0...2, using: &random))
            let operation: RegisterModel.Operation
            switch Int.random(in: 0..<4, using: &random) {
            case 0: operation = .read(a)
            case 1: operation = .write(a)
            case 2: operation = .compareAndSet(from: a, to: b)
            default: operation = .refusedCompareAndSet(from: a)
            }
            return Call(operation, invoke: span.invoke, return: span.end, isOptional: span.isUnknown, source: place)
        }
    }

    static func keyValue(_ random: inout Seeded) -> [Call<KeyValueModel.Operation>] {
        (0..<Int.random(in: 1...6, using: &random)).map { place in
            let span = Span(&random)
            let action = [KeyValueModel.Operation.Action.get, .put, .append].randomElement(using: &random) ?? .get
            let value = ["", "a", "b", "ab", "aa"].randomElement(using: &random) ?? ""
            let operation = KeyValueModel.Operation(action, key: Bool.random(using: &random) ? "x" : "y", value: value)
            return Call(operation, invoke: span.invoke, return: span.end, isOptional: span.isUnknown, source: place)
        }
    }

    /// One text, with no value written twice; a get has the text of a random moment, sometimes without a piece of it.
    static func distinctValues(_ random: inout Seeded) -> [Call<KeyValueModel.Operation>] {
        var texts = [""]
        return (0..<Int.random(in: 2...7, using: &random)).map { place in
            var span = Span(&random, length: 4)
            let delay = Int64(place) * .random(in: 1...2, using: &random)
            span.invoke = span.invoke / 4 + delay
            span.end = span.invoke + .random(in: 0...4, using: &random)
            var operation = KeyValueModel.Operation(.get, key: "k", value: "")
            switch Int.random(in: 0..<6, using: &random) {
            case 0...1: operation.action = .append
            case 2: operation.action = .put
            default: operation.value = texts.suffix(2).randomElement(using: &random) ?? ""
            }
            if operation.action == .get {
                if Int.random(in: 0..<12, using: &random) == 0 { operation.value = String(operation.value.dropLast()) }
            } else {
                operation.value = String(UnicodeScalar(UInt8(97 + place)))
                texts.append((operation.action == .put ? "" : texts[texts.count - 1]) + operation.value)
            }
            return Call(operation, invoke: span.invoke, return: span.end, isOptional: span.isUnknown, source: place)
        }
    }

    static func mutex(_ random: inout Seeded) -> [Call<MutexModel.Operation>] {
        (0..<Int.random(in: 1...6, using: &random)).map { place in
            let span = Span(&random)
            let operation = [MutexModel.Operation.acquire, .acquire, .release, .busy].randomElement(using: &random)
            return Call(
                operation ?? .busy,
                invoke: span.invoke,
                return: span.end,
                isOptional: span.isUnknown && operation != .busy,
                source: place
            )
        }
    }

    static func fencedMutex(_ random: inout Seeded) -> [Call<FencedMutexModel.Operation>] {
        (0..<Int.random(in: 1...6, using: &random)).map { place in
            let span = Span(&random)
            let fence = Int64.random(in: 1...3, using: &random)
            let operation: FencedMutexModel.Operation
            var isUnknown = span.isUnknown
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1: operation = isUnknown ? .acquireUnanswered : .acquire(fence: fence)
            case 2, 3: operation = .release(fence: fence)
            default: (operation, isUnknown) = (.busy, false)
            }
            return Call(operation, invoke: span.invoke, return: span.end, isOptional: isUnknown, source: place)
        }
    }

    static func seat(_ random: inout Seeded, _ naming: SeatModel.Naming) -> [Call<SeatModel.Operation>] {
        var timeline = SeatTimeline(epsilon: .random(in: 0...1, using: &random))
        var version: Int64 = 0
        for place in 0..<Int.random(in: 1...5, using: &random) {
            var span = Span(&random, length: 4)
            span.invoke += Int64(place)
            span.end += Int64(place)
            let operation = seatOperation(&random, naming)
            let changes =
                operation.outcome == .ok && operation.action.rawValue <= SeatModel.Operation.Action.unpin.rawValue
            let isLease = operation.outcome == .ok && [.hold, .extend, .pin].contains(operation.action)
            if Int.random(in: 0..<4, using: &random) > 0 { version += 1 }
            let isUnknown = span.isUnknown && changes
            timeline.add(
                operation,
                invoke: span.invoke,
                return: span.end,
                isOptional: isUnknown,
                ttl: isLease ? .random(in: 2...6, using: &random) : nil,
                version: changes && !isUnknown && Bool.random(using: &random) ? version : nil,
                source: place
            )
        }
        return timeline.calls
    }

    private static func seatOperation(_ random: inout Seeded, _ naming: SeatModel.Naming) -> SeatModel.Operation {
        typealias Action = SeatModel.Operation.Action
        var actions: [Action] = [
            .hold, .hold, .hold, .extend, .confirm, .release, .forget, .readFree, .readHeld, .readSold,
        ]
        if naming == .orders { actions += [.pin, .pin, .unpin] }
        let action = actions.randomElement(using: &random) ?? .hold
        var outcome = SeatModel.Operation.Outcome.ok
        if action == .hold {
            if Bool.random(using: &random) { outcome = .conflict }
        } else if [.extend, .confirm, .release].contains(action) {
            outcome = [.ok, .ok, .conflict, .gone, .notHolder].randomElement(using: &random) ?? .ok
        }
        let takesOrder = naming == .orders && [.pin, .unpin, .confirm].contains(action)
        return SeatModel.Operation(
            action,
            outcome,
            token: .random(in: 1...2, using: &random),
            order: takesOrder ? .random(in: 1...2, using: &random) : 0
        )
    }
}
