import Statistics
import Testing

@Suite("the search for the capacity")
struct CapacitySearchTests {
    /// Runs a search against a server that keeps its SLO up to `limit`; with the rates that it tried.
    private static func search(
        _ search: CapacitySearch,
        limit: Int,
        luck: (Int) -> Bool = { _ in true }
    ) -> (finding: CapacitySearch.Finding?, rates: [Int]) {
        var search = search
        var rates: [Int] = []
        while rates.count < 1_000 {
            switch search.step {
            case .run(let rate):
                rates.append(rate)
                search.record(kept: (rate <= limit) == luck(rates.count))
            case .done(let finding):
                return (finding, rates)
            }
        }
        return (nil, rates)
    }

    @Test(
        "the limit is bracketed to the precision asked for, from wherever it begins",
        arguments: [1, 90, 1_000, 64_000]
    )
    func precision(first: Int) throws {
        for limit in [1, 7, 731, 12_345] {
            let search = CapacitySearch(from: first, to: 100_000, precision: 0.05, attempts: 3)
            let (finding, rates) = Self.search(search, limit: limit)
            guard case .between(let kept, let broken) = finding else {
                Issue.record("limit \(limit) from \(first): \(String(describing: finding))")
                continue
            }
            #expect(kept <= limit && limit < broken)
            #expect(broken - kept <= max(1, Int(Double(kept) * 0.05)))
            #expect(rates.count <= 2 * 40)
        }
    }

    @Test("a rate is decided by the majority of its runs, and no run is made that cannot change it")
    func majority() {
        // Every third run says the opposite of the truth.
        let search = CapacitySearch(from: 100, to: 100_000, precision: 0.02, attempts: 3)
        let (finding, rates) = Self.search(search, limit: 1_000) { $0 % 3 != 0 }
        guard case .between(let kept, let broken) = finding else {
            Issue.record("\(String(describing: finding))")
            return
        }
        #expect(kept <= 1_000 && 1_000 < broken)
        let runs = Dictionary(grouping: rates) { $0 }.mapValues(\.count)
        #expect(runs.values.allSatisfy { (2...3).contains($0) })
    }

    @Test("a limit beyond the highest rate, or below the lowest, is said to be so")
    func ends() {
        let search = CapacitySearch(from: 100, to: 3_000, precision: 0.05, attempts: 1)
        #expect(Self.search(search, limit: 5_000).finding == .atLeast(3_000))
        #expect(Self.search(search, limit: 0).finding == .below(1))
        #expect(Self.search(search, limit: 5_000).rates == [100, 200, 400, 800, 1_600, 3_000])
    }
}
