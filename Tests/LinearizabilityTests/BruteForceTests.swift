import Foundation
import Linearizability
import Testing

/// SEATSTORM_SMALL_HISTORIES sets how many histories of each model are compared; 100,000 shows what the issue asks for.
@Suite("Against brute force")
struct BruteForceTests {
    static let count = ProcessInfo.processInfo.environment["SEATSTORM_SMALL_HISTORIES"].flatMap(Int.init) ?? 2_000

    static let reductions: [Reductions] = [[], .observations, .symmetry, .versions, .values, .all]

    /// Compares every combination of reductions with brute force, on the same histories.
    private func compare<Model: SequentialModel, Oracle: SequentialModel>(
        _ model: Model,
        with oracle: Oracle,
        _ make: (inout Seeded) -> [Call<Model.Operation>]
    ) where Oracle.Operation == Model.Operation {
        var found: [Bool: Int] = [:]
        for seed in 0..<UInt64(Self.count) {
            var random = Seeded(seed)
            let calls = make(&random)
            let expected = BruteForce.isLinearizable(oracle, calls)
            found[expected, default: 0] += 1
            for reductions in Self.reductions {
                let parts = model.partition(calls)
                let verdicts = parts.map { Check(model, reductions: reductions).part($0, budget: Budget()).verdict }
                let isLinearizable = verdicts.allSatisfy { $0 == .linearizable }
                #expect(isLinearizable == expected, "seed \(seed), reductions \(reductions.rawValue): \(calls)")
                if isLinearizable != expected { return }
            }
        }
        print("\(Model.self): \(Self.count) histories, \(found[true] ?? 0) linearizable, no disagreement")
        #expect(found[true] ?? 0 > Self.count / 20 && found[false] ?? 0 > Self.count / 20)
    }

    @Test("the search and each of its shortcuts agree with brute force on registers")
    func register() { compare(RegisterModel(), with: RegisterModel()) { RandomHistory.register(&$0) } }

    @Test("the search and each of its shortcuts agree with brute force on maps")
    func keyValue() { compare(KeyValueModel(), with: WholeMap()) { RandomHistory.keyValue(&$0) } }

    @Test("the search and each of its shortcuts agree with brute force on a text whose pieces say who wrote them")
    func distinctValues() { compare(KeyValueModel(), with: WholeMap()) { RandomHistory.distinctValues(&$0) } }

    @Test("the search and each of its shortcuts agree with brute force on locks")
    func mutex() { compare(MutexModel(), with: MutexModel()) { RandomHistory.mutex(&$0) } }

    @Test("the search and each of its shortcuts agree with brute force on fenced locks")
    func fencedMutex() { compare(FencedMutexModel(), with: FencedMutexModel()) { RandomHistory.fencedMutex(&$0) } }

    @Test("the search and each of its shortcuts agree with brute force on seats that are pinned to orders")
    func seatOfOrders() { compare(SeatModel(.orders), with: SeatModel(.orders)) { RandomHistory.seat(&$0, .orders) } }

    @Test("the search and each of its shortcuts agree with brute force on seats that are sold by token")
    func seatOfTokens() { compare(SeatModel(.tokens), with: SeatModel(.tokens)) { RandomHistory.seat(&$0, .tokens) } }
}

/// A map as one object, which knows nothing of parts.
private struct WholeMap: SequentialModel {
    let initial: [String: String] = [:]

    func step(_ state: [String: String], _ operation: KeyValueModel.Operation) -> [String: String]? {
        var state = state
        let value = state[operation.key] ?? ""
        switch operation.action {
        case .get: return value == operation.value ? state : nil
        case .put: state[operation.key] = operation.value
        case .append: state[operation.key] = value + operation.value
        }
        return state
    }

    func commits(_ operation: KeyValueModel.Operation, in state: [String: String]) -> Bool { false }
}
