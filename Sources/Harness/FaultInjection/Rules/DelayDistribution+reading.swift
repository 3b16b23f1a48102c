import Scenario

extension DelayDistribution {
    private static let names = ["constant", "uniform", "normal", "lognormal", "pareto", "samples"]
    private static let mostSamples = 10_000

    /// A number of milliseconds, or `{distribution: name, …}` with, in milliseconds, `valueMs` (constant), `minMs` and `maxMs` (uniform),
    /// `meanMs` and `deviationMs` of the delay itself (normal, lognormal), `minMs` and `shape` (pareto), or the list `samplesMs`.
    ///
    /// The names are those of the payment service's faults.
    static func read(_ value: JSONValue, _ path: String) throws(ProxyError) -> DelayDistribution {
        switch value {
        case .integer, .number:
            let fields = JSONFields(fields: ["delay": value], path: "act.")
            return .drawn(.constant(.milliseconds(try fields.number("delay", in: 0...longest) ?? 0)))
        case .object(let object):
            return try read(JSONFields(fields: object, path: "\(path)."))
        default:
            throw ProxyError.badBody("\(path): expected milliseconds or a distribution, found \(value.kind)")
        }
    }

    private static func read(_ fields: JSONFields) throws(ProxyError) -> DelayDistribution {
        guard let name = try fields.choice("distribution", names) else {
            throw ProxyError.missing("\(fields.path)distribution")
        }
        switch name {
        case "constant":
            return .drawn(.constant(try duration(fields, "valueMs")))
        case "uniform":
            let (low, high) = (try duration(fields, "minMs"), try duration(fields, "maxMs"))
            guard low <= high else { throw ProxyError.badBody("\(fields.path)minMs: greater than maxMs") }
            return .drawn(.uniform(low, high))
        case "normal":
            return .drawn(
                .normal(mean: try duration(fields, "meanMs"), deviation: try duration(fields, "deviationMs"))
            )
        case "lognormal":
            return .drawn(
                .lognormal(mean: try duration(fields, "meanMs"), deviation: try duration(fields, "deviationMs"))
            )
        case "pareto":
            guard let minimum = try fields.number("minMs", in: 0.001...longest) else {
                throw ProxyError.missing("\(fields.path)minMs")
            }
            guard let shape = try fields.number("shape", in: 0.1...100) else {
                throw ProxyError.missing("\(fields.path)shape")
            }
            return .pareto(minimum: minimum, shape: shape)
        default:
            return .samples(try samples(fields))
        }
    }

    private static func duration(_ fields: JSONFields, _ name: String) throws(ProxyError) -> Duration {
        guard let milliseconds = try fields.number(name, in: 0...longest) else {
            throw ProxyError.missing("\(fields.path)\(name)")
        }
        return .milliseconds(milliseconds)
    }

    private static func samples(_ fields: JSONFields) throws(ProxyError) -> [Double] {
        guard case .array(let values)? = fields.value("samplesMs"), (1...mostSamples).contains(values.count) else {
            throw ProxyError.badBody("\(fields.path)samplesMs: expected a list of 1…\(mostSamples) numbers")
        }
        var samples: [Double] = []
        for (index, value) in values.enumerated() {
            let element = JSONFields(fields: ["[\(index)]": value], path: "\(fields.path)samplesMs")
            guard let sample = try element.number("[\(index)]", in: 0...longest) else {
                throw ProxyError.badBody("\(fields.path)samplesMs[\(index)]: expected a number, found null")
            }
            samples.append(sample)
        }
        return samples
    }
}
