import ArgumentParser
import Scenario

/// The load whose rate a capacity search turns up and down.
struct CapacitySubject: Sendable {
    var load: String
    /// What the file says.
    var rate: Int
    var timeUnit: Duration
    private var maxVUs: Int

    /// The load of that name, or the only one that has a rate.
    ///
    /// - Throws: when there is no such load, or several.
    init(_ scenario: Scenario, load name: String?) throws {
        let candidates = scenario.load.compactMap { spec -> CapacitySubject? in
            guard case .arrivalRate(let executor) = spec.executor else { return nil }
            switch executor.arrivals {
            case .constant(let rate), .poisson(let rate):
                return CapacitySubject(
                    load: spec.name,
                    rate: rate,
                    timeUnit: executor.timeUnit,
                    maxVUs: executor.maxVUs
                )
            case .ramping: return nil
            }
        }
        let names = candidates.map(\.load).joined(separator: ", ")
        if let name {
            guard let found = candidates.first(where: { $0.load == name }) else {
                throw ValidationError(
                    "--load: \(scenario.name) has no load \(name) with a rate"
                        + (names.isEmpty ? "" : "; those with one are: \(names)")
                )
            }
            self = found
        } else if candidates.count == 1 {
            self = candidates[0]
        } else if candidates.isEmpty {
            throw ValidationError(
                "\(scenario.name) has no load with a constant-arrival-rate or a poisson-arrival-rate, whose rate could be searched"
            )
        } else {
            throw ValidationError("--load is needed: \(scenario.name) has several loads with a rate: \(names)")
        }
    }

    private init(load: String, rate: Int, timeUnit: Duration, maxVUs: Int) {
        (self.load, self.rate, self.timeUnit, self.maxVUs) = (load, rate, timeUnit, maxVUs)
    }

    /// What turns the file's rate into another, as `--set` takes it.
    ///
    /// The users grow with the rate, so that it is not their number that ends the search.
    func settings(rate wanted: Int) -> [String] {
        let users = min(100_000, max(maxVUs, Int((Double(maxVUs) * Double(wanted) / Double(rate)).rounded(.up))))
        return ["load.\(load).rate=\(wanted)", "load.\(load).maxVUs=\(users)"]
    }
}
